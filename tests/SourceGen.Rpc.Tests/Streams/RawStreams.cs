using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Frames of calls of <see cref="IFeed"/> and of their streams, as bytes.</summary>
internal static class RawStreams
{
    private static CompilerServices.RpcContract Contract => ContractOf<IFeed>();

    public static ushort NumberOf(string name) => (ushort)Contract.Methods.Single(method => method.Name == name).Index;

    /// <summary>What a server with an <see cref="IFeed"/> says of itself.</summary>
    public static HelloMessage FeedHello() => RawServer.LabHello() with
    {
        Services = [new OfferedService("Tests.Feed", "", Contract.Fingerprint, (ushort)Contract.Methods.Count, 0)],
    };

    /// <summary>The argument of the methods that run what the test put under a name of up to 31 letters.</summary>
    public static byte[] What(string what) => [0x91, (byte)(0xA0 | what.Length), .. System.Text.Encoding.ASCII.GetBytes(what)];

    public static byte[] Up(ulong id, string what = "wait") =>
        Frame(FrameType.Request, FrameFlags.Stream, NumberOf("Up"), id, What(what));

    public static byte[] Down(ulong id, string what = "wait") =>
        Frame(FrameType.Request, FrameFlags.None, NumberOf("Down"), id, What(what));

    public static byte[] End(ulong id) => Frame(FrameType.StreamEnd, callId: id);

    public static byte[] Cancel(ulong id) => Frame(FrameType.Cancel, callId: id);

    /// <summary>Credit from the caller.</summary>
    public static byte[] Credit(ulong id, uint amount) =>
        Frame(FrameType.StreamCredit, callId: id, payload: BitConverter.GetBytes(amount));

    /// <summary>A frame of ones, each of which costs 17.</summary>
    public static byte[] Items(ulong id, int count) =>
        Frame(FrameType.StreamItems, callId: id, payload: [.. Enumerable.Range(0, count * 2).Select(static _ => (byte)1)]);

    /// <summary>Three items from the callee.</summary>
    public static byte[] ServerItems(ulong id) => Frame(FrameType.StreamItems, FrameFlags.Callee, callId: id, payload: [1, 5, 1, 6, 1, 7]);

    private static CompilerServices.RpcContract ContractOf<T>()
        where T : class, CompilerServices.IRpcContract<T> => T.Contract;
}
