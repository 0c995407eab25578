using System.Runtime.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Streams.RawStreams;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Peers that use streams to use up memory, handlers or patience.</summary>
[Collection(nameof(Alone))]
public sealed class StreamExhaustionTests
{
    private const string Address = "tcp://127.0.0.1:0";

    [Fact]
    public async Task CreditByTheByte_IsCutOff()
    {
        await using FeedHost host = await FeedHost.StartAsync(Address);
        host.Feed.OnDown("endless", static ct => Streams.Items.ForEver(Streams.Items.Signal(), ct));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.EndOfAsync(peer);
        await peer.SendAsync(Down(Id(0), "endless"));
        await Until.TrueAsync(() => connection.Streams.Sending.Shares > 200_000, () => "the stream does not use its window");
        await peer.SendAsync([.. Enumerable.Repeat(Credit(Id(0), 1), 11_000).SelectMany(static frame => frame)]);
        string line = await host.Log.WaitForAsync("broke the wire protocol");
        Assert.Contains("floods the connection", line, StringComparison.Ordinal);
        Assert.Contains("the last one a StreamCredit", line, StringComparison.Ordinal);
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ThousandsOfStreamsOfAPeerThatNeverReads_HoldLittle_HoweverLargeItSaysItsWindowsAre()
    {
        const int Count = 4000;
        await using FeedHost host = await FeedHost.StartAsync(Address);
        using Gate gate = new();
        host.Feed.OnDown("gated", ct => GatedAsync(gate, ct));
        using RawPeer peer = await RawPeer.IntroduceAsync(
            host.Address, ClientHello() with { StreamWindow = int.MaxValue, ConnectionStreamWindow = int.MaxValue });
        RpcConnection connection = await host.EndOfAsync(peer);
        await peer.SendAsync([.. Enumerable.Range(0, Count).SelectMany(static slot => Down(Id(slot), "gated"))]);
        await Until.TrueAsync(() => gate.Count == Count, () => $"{gate.Count} handlers run");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        gate.Open();

        // The system's own buffers are full, and so is this side's.
        await Until.TrueAsync(() => connection.Output.StreamsMustWait && IsAtRest(connection), () => "streams do not come to rest");
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(held < 30_000_000, $"{held:N0} bytes are held for {Count:N0} streams that nobody reads");
        for (int i = 0; i < 100; i++) Assert.Equal(i, await host.Calls.AddAsync(i, 0).Soon());
        Assert.Equal(Enumerable.Range(0, 5000), await host.Calls.CountAsync(5000).ToListAsync().Soon());
        peer.Dispose();
        await Until.TrueAsync(() => host.Connections.Count == 1, () => "the hostile connection is still there");
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task APeerThatNeverReadsItsStreams_IsCutOff()
    {
        await using FeedHost host = await FeedHost.StartAsync(Address, server: static options =>
        {
            options.KeepAliveInterval = TimeSpan.FromMilliseconds(500);
            options.KeepAliveTimeout = TimeSpan.FromSeconds(2);
        });
        TaskCompletionSource ended = Streams.Items.Signal();
        host.Feed.OnDown("endless", ct => Streams.Items.ForEver(ended, ct));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.EndOfAsync(peer);
        await peer.SendAsync(Down(Id(0), "endless"));
        await connection.Closed.Soon();
        Assert.Contains("keep-alive ping", connection.CloseReason!.Message, StringComparison.Ordinal);
        await ended.Soon();
    }

    [Fact]
    public async Task AnItemWithoutEnd_IsDiscardedBeyondTheLimit_AndFailsItsStreamOnly()
    {
        await using FeedHost host = await FeedHost.StartAsync(
            Address, server: static options => options.Limits.MaxMessageSize = 1024 * 1024);
        TaskCompletionSource<Exception> failed = new();
        host.Feed.OnUp("read", async (numbers, _) =>
        {
            List<int> read = [];
            failed.SetResult((await numbers.ReadIntoAsync(read))!);
            return read.Count;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Up(Id(0), "read"));
        byte[] piece = Frame(FrameType.StreamItems, FrameFlags.More, callId: Id(0), payload: new byte[500_000]);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 200; i++) await peer.SendAsync(piece);
        await peer.SendAsync(Frame(FrameType.Ping, callId: 1));
        Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Header.Type);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 30_000_000, $"{allocated:N0} bytes were allocated for 100,000,000 that nobody wants");
        await peer.SendAsync([.. Frame(FrameType.StreamItems, callId: Id(0), payload: [0]), .. End(Id(0))]);
        RpcException error = Assert.IsType<RpcException>(await failed.Task.Soon());
        Assert.Equal(RpcStatusCode.ResourceExhausted, error.Code);
        Assert.Contains("A stream item is too large", error.Message, StringComparison.Ordinal);
        Assert.Equal((FrameType.Response, Id(0)), await NextAsync(peer));
        peer.Dispose();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task StreamsThatAreResetAsSoonAsTheyAreOpened_NeverRunMoreThanTheLimit()
    {
        await using FeedHost host = await FeedHost.StartAsync(Address, server: static options => options.Limits.MaxConcurrentCalls = 10);
        using Gate gate = new();
        host.Feed.OnUp("stubborn", async (_, _) =>
        {
            await gate.PassAsync();
            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync([.. Enumerable.Range(0, 11).SelectMany(static i => Reset(Id(i % 10, (uint)i + 1), "stubborn"))]);
        string line = await host.Log.WaitForAsync("broke the wire protocol");
        Assert.Contains("call slot 0 again before its call was answered", line, StringComparison.Ordinal);
        Assert.True(gate.Count <= 10, $"{gate.Count} handlers ran");
        gate.Open();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ResettingEachStream_IsNoFlood_AndLeavesNothing()
    {
        const int Batches = 100;
        const int Streams = 200;
        await using FeedHost host = await FeedHost.StartAsync(Address);
        int running = 0;
        host.Feed.OnUp("wait", async (_, ct) =>
        {
            Interlocked.Increment(ref running);
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
                return 1;
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (uint batch = 1; batch <= Batches; batch++)
        {
            await peer.SendAsync([.. Enumerable.Range(0, Streams).SelectMany(slot => Reset(Id(slot, batch), "wait"))]);
            HashSet<ulong> answered = [];
            while (answered.Count < Streams)
            {
                (FrameHeader header, byte[] _) = await peer.ReadFrameAsync();
                if (header.Type is FrameType.Error or FrameType.Response) Assert.True(answered.Add(header.CallId));
            }
        }

        Assert.DoesNotContain("broke the wire protocol", host.Log.All(), StringComparison.Ordinal);
        RpcConnection connection = await host.EndOfAsync(peer);
        await Until.TrueAsync(() => connection.Running.Count == 0, () => $"{connection.Running.Count} calls are left");
        Assert.Equal((0, 0, 0), (running, connection.Streams.Inbound.Count, connection.Streams.Open));
    }

    [Fact]
    public async Task WhatWasUnfinishedWhenTheConnectionEnded_GivesItsBuffersBack()
    {
        await using FeedHost host = await FeedHost.StartAsync(Address);
        host.Feed.OnUp("wait", static async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.EndOfAsync(peer);
        await peer.SendAsync(
        [
            .. Enumerable.Range(0, 50).SelectMany(static slot =>
                Frame(FrameType.Request, FrameFlags.More, NumberOf("Measure"), Id(slot), new byte[1000])),
            .. Up(Id(50)),
            .. Frame(FrameType.StreamItems, FrameFlags.More, callId: Id(50), payload: new byte[5000]),
            .. Frame(FrameType.Ping, callId: 1),
        ]);
        Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Header.Type); // All that came before it has been looked at.
        int before = FrameBufferSegment.Outstanding;
        Assert.Equal(1, connection.Streams.Partial);
        peer.Dispose();
        await connection.Closed.Soon();

        // Other tests' buffers that were never filled by a connection count too: what matters is how many came back.
        await Until.TrueAsync(
            () => before - FrameBufferSegment.Outstanding >= 51,
            () => $"{before - FrameBufferSegment.Outstanding} of 51 buffers were given back");
        await host.AssertNothingLeftAsync();
    }

    /// <summary>A stream that is opened, given up and ended.</summary>
    private static byte[] Reset(ulong id, string what) => [.. Up(id, what), .. Cancel(id), .. End(id)];

    private static async Task<(FrameType Type, ulong Id)> NextAsync(RawPeer peer)
    {
        FrameHeader header = (await peer.ReadFrameAsync()).Header;
        while (header.Type is FrameType.StreamCredit or FrameType.StreamStop) header = (await peer.ReadFrameAsync()).Header;
        return (header.Type, header.CallId);
    }

    /// <summary>Whether the figures that move while streams do stand still.</summary>
    private static bool IsAtRest(RpcConnection connection)
    {
        long before = connection.Streams.Sending.Shares;
        Thread.Sleep(50);
        return connection.Streams.Sending.Shares == before;
    }

    private static async IAsyncEnumerable<int> GatedAsync(Gate gate, [EnumeratorCancellation] CancellationToken ct)
    {
        await gate.PassAsync();
        for (int i = 0; !ct.IsCancellationRequested; i++) yield return i;
    }
}
