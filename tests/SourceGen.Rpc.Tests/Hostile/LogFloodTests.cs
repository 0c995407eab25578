using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>Peers that would fill the log of a server with what they send.</summary>
public sealed class LogFloodTests
{
    private const int Requests = 3000;

    [Fact]
    public async Task RequestsThatCannotBeRead_HaveAFewLines_AndOneThatCountsTheOthers()
    {
        await using LabHost host = await LabHost.StartAsync();
        ushort add = RawServer.MethodNumber("Add");
        byte[] arguments = Frame(FrameType.Request, FrameFlags.OneWay, add, payload: [0xC1]);
        byte[] headers = Frame(
            FrameType.Request, FrameFlags.OneWay | FrameFlags.Headers, add, payload: Message(null, [0xC1], Arguments(1, 2)));
        using (RawPeer peer = await RawPeer.IntroduceAsync(host.Address))
        {
            RpcConnection connection = await host.ConnectionOfAsync(peer);
            await peer.SendAsync([.. Enumerable.Repeat((byte[])[.. arguments, .. headers], Requests).SelectMany(static pair => pair)]);
            await peer.SendAsync(Frame(FrameType.Request, method: add, callId: Id(0), payload: Arguments(1, 2)));
            Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
            Assert.Equal(5, host.Log.Count("its arguments cannot be read"));
            Assert.Equal(5, host.Log.Count("The headers of Tests.Lab/Add cannot be read"));
            Assert.Equal(0, host.Log.Count("more calls"));
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await connection.Closed.Soon();
        }

        await host.Log.WaitForAsync($"Refused {(2 * Requests) - 10} more calls from tcp://127.0.0.1:");
        Assert.Equal(1, host.Log.Count("more calls"));

        // The next connection has lines of its own.
        using RawPeer next = await RawPeer.IntroduceAsync(host.Address);
        await next.SendAsync(arguments);
        await Until.TrueAsync(() => host.Log.Count("its arguments cannot be read") == 6, () => host.Log.All());
    }
}
