namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>What a server sends.</summary>
internal enum NatsFrameKind
{
    /// <summary>What it is and can: <c>INFO</c>.</summary>
    Info,

    /// <summary>A message: <c>MSG</c> or <c>HMSG</c>.</summary>
    Message,

    /// <summary>It asks whether the client is still there.</summary>
    Ping,

    /// <summary>It answers a ping, after all that came before it.</summary>
    Pong,

    /// <summary>It has accepted something; only with <c>verbose</c>, which is never asked for.</summary>
    Ok,

    /// <summary>It refuses something: <c>-ERR</c>.</summary>
    Error,
}
