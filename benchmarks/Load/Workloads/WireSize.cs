namespace SourceGen.Rpc.Load;

/// <summary>
/// How long the RPC's frames are, worked out from the wire format. The callers only send integers above 65,535, which MessagePack
/// writes in 5 bytes, so each workload has one frame size.
/// </summary>
internal static class WireSize
{
    /// <summary>The header of a request frame.</summary>
    public const int RequestHeader = 16;

    /// <summary>The header of a reply frame.</summary>
    public const int ReplyHeader = 16;

    /// <summary>How much time a call has left, which stands before its arguments.</summary>
    private const int RemainingTime = 4;

    private const int ArrayHeader = 1;
    private const int Integer = 5;
    private const int Item = 1 + ArrayHeader + Integer + 9;
    private const int Name = 1 + LoadData.NameLength;

    public static FrameSizes Of(CallKind kind, int payload) => kind switch
    {
        CallKind.Add or CallKind.LargeBesideSmall =>
            new FrameSizes(RequestHeader + RemainingTime + ArrayHeader + 2 * Integer, ReplyHeader + Integer),
        CallKind.Echo =>
            new FrameSizes(RequestHeader + RemainingTime + ArrayHeader + EchoMessage(payload), ReplyHeader + EchoMessage(payload)),
        CallKind.SometimesBlock => new FrameSizes(RequestHeader + RemainingTime + ArrayHeader + Integer, ReplyHeader + Integer),
        CallKind.StreamDown or CallKind.StreamUp => new FrameSizes(Item, Item),
        CallKind.PingPong => new FrameSizes(RequestHeader + Item, ReplyHeader + Item),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static int EchoMessage(int payload) => ArrayHeader + Integer + Name + BinaryHeader(payload) + payload;

    private static int BinaryHeader(int length) => length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };
}
