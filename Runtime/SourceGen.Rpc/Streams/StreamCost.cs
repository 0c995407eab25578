namespace SourceGen.Rpc.Streams;

/// <summary>What stream items cost of their windows. The numbers are part of the protocol.</summary>
internal static class StreamCost
{
    /// <summary>Added to the encoded length of each item, so that a window bounds the number of items too.</summary>
    public const int PerItem = 16;

    /// <summary>
    /// What each stream may have outstanding without a share of the connection's window, so that no number of stalled streams can stop
    /// another one. An item whose value is longer goes alone in its frame or frames, and needs a share.
    /// </summary>
    public const int Reserve = 16 * 1024;

    /// <summary>From this size on a frame of items is sent; every peer accepts frames of this size.</summary>
    public const int FrameSize = 16 * 1024;

    /// <summary>From this cost on a frame of items is sent, however short it is.</summary>
    public const int FrameCost = 32 * 1024;

    /// <summary>What the items of a frame may cost together; a frame may be sent as long as its stream has any credit left.</summary>
    public const int MaxFrameCost = 64 * 1024;
}
