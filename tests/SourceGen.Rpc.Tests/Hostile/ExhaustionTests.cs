using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>Peers that try to use up the server's memory, threads or patience.</summary>
[Collection(nameof(Alone))]
public sealed class ExhaustionTests
{
    [Fact]
    public async Task ConnectionsThatNeverIntroduceThemselves_AreClosedWithinTheHandshakeTimeout()
    {
        await using LabHost host = await LabHost.StartAsync(
            configure: options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(150));
        using RawPeer silent = await RawPeer.ConnectAsync(host.Address);
        using RawPeer slow = await RawPeer.ConnectAsync(host.Address);
        byte[] opening = Opening(ClientHello());
        Task<byte[]> slowEnd = slow.ReadToEndAsync();
        int sent = 0;
        while (!slowEnd.IsCompleted && sent < opening.Length - 1)
        {
            await slow.SendAsync([opening[sent++]]);
            await Task.WhenAny(slowEnd, Task.Delay(20));
        }

        Assert.Empty(await slowEnd);
        Assert.Empty(await silent.ReadToEndAsync());
        Assert.Contains("did not introduce itself within", await host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task FragmentsWithoutEnd_AreDiscardedBeyondTheLimit()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Limits.MaxMessageSize = 1024 * 1024);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        ushort echo = RawServer.MethodNumber("Echo");
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.More, echo, Id(0), new byte[100_000]));
        byte[] fragment = Frame(FrameType.RequestContinuation, FrameFlags.More, 0, Id(0), new byte[500_000]);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 200; i++) await peer.SendAsync(fragment);
        await peer.SendAsync(Frame(FrameType.Ping, callId: 1));
        Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Header.Type);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 30_000_000, $"{allocated:N0} bytes were allocated for 100,000,000 that nobody wants");
        await peer.SendAsync(Frame(FrameType.RequestContinuation, FrameFlags.None, 0, Id(0)));
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, RpcStatusCode.ResourceExhausted), (header.Type, ReadError(payload).Code));
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task ThousandsOfRequestsBegunAndNotEnded_HoldLittleMoreThanWasSent()
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        ushort echo = RawServer.MethodNumber("Echo");
        long before = GC.GetTotalAllocatedBytes(precise: true);
        byte[] all = [.. Enumerable.Range(0, 8000).SelectMany(slot => Frame(FrameType.Request, FrameFlags.More, echo, Id(slot), [1]))];
        await peer.SendAsync(all);
        await peer.SendAsync(Frame(FrameType.Ping, callId: 1));
        Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Header.Type);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 40_000_000, $"{allocated:N0} bytes were allocated for 8,000 requests of one byte");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task MoreUnfinishedRequestsThanCallsAllowed_BreakTheProtocol()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Limits.MaxConcurrentCalls = 10);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        ushort note = RawServer.MethodNumber("Note");
        for (ulong id = 0; id < 11; id++) await peer.SendAsync(Frame(FrameType.Request, FrameFlags.More | FrameFlags.OneWay, note, (1UL << 63) | id, [1]));
        await peer.ReadToEndAsync();
        await host.Log.WaitForAsync("more than 10 requests unfinished");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task APeerThatNeverReads_IsReadNoMore_AndHoldsABoundedAmount()
    {
        const int Calls = 4000;
        const int Size = 100_000;
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Limits.MaxOutputBacklog = 256 * 1024);
        ILab other = await host.GetAsync();
        await other.AddAsync(1, 1).Soon();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.ConnectionOfAsync(peer);
        ushort blob = RawServer.MethodNumber("Blob");
        long before = GC.GetTotalAllocatedBytes(precise: true);
        byte[] requests = [.. Enumerable.Range(0, Calls).SelectMany(slot => Frame(FrameType.Request, method: blob, callId: Id(slot), payload: Arguments(Size)))];
        await peer.SendAsync(requests);
        await Until.TrueAsync(() => connection.Output.IsFull, () => "the output is not full");
        for (int i = 0; i < 200; i++) Assert.Equal(i, await other.AddAsync(i, 0).Soon());
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 60_000_000, $"{allocated:N0} bytes were allocated for {Calls * (long)Size:N0} that nobody reads");

        // Once it reads, it gets everything.
        HashSet<ulong> answered = [];
        for (int i = 0; i < Calls; i++)
        {
            (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
            Assert.Equal(FrameType.Response, header.Type);
            Assert.Equal(Size, payload.Length - 5);
            Assert.True(answered.Add(header.CallId));
        }

        await host.AssertServesAsync();
    }

    [Fact]
    public async Task AHelloThatClaimsMillionsOfCalls_CostsNothing()
    {
        await using LabHost host = await LabHost.StartAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address, ClientHello() with { MaxConcurrentCalls = int.MaxValue });
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 1_000_000, $"{allocated:N0} bytes were allocated for one connection");
        await peer.SendAsync(Frame(FrameType.Request, method: RawServer.MethodNumber("Add"), callId: Id(0), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }
}
