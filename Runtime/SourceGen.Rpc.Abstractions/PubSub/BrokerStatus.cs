namespace SourceGen.Rpc.PubSub;

/// <summary>Whether a broker is connected.</summary>
public enum BrokerStatus
{
    /// <summary>Nobody has connected it, or it was disconnected.</summary>
    Disconnected,

    /// <summary>It is connected.</summary>
    Connected,

    /// <summary>The connection was lost, and is being made again.</summary>
    Reconnecting,
}
