namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>What a subscriber says about a message. The numbers are those on the wire.</summary>
internal enum DeliveryVerdict
{
    /// <summary>It is done with: handled, or dropped, or its dead letter was published.</summary>
    Done = 0,

    /// <summary>It was not handled and is to be delivered again, after a delay.</summary>
    Again = 1,

    /// <summary>It was not begun with: somebody else can have it, after a delay, and it does not count as delivered.</summary>
    Untouched = 2,

    /// <summary>It will be handled again by the same subscriber, after a delay; nothing is decided yet.</summary>
    Later = 3,
}
