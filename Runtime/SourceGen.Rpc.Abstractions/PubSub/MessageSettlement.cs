namespace SourceGen.Rpc.PubSub;

/// <summary>The three things that can be done with a message that was handled.</summary>
public enum MessageSettlement
{
    /// <summary>It was handled.</summary>
    Acknowledge,

    /// <summary>It is to be delivered again.</summary>
    Redeliver,

    /// <summary>It is not to be delivered again, and kept for somebody to look at.</summary>
    DeadLetter,
}
