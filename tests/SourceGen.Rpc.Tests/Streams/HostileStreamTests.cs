using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Streams.RawStreams;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Peers that break the rules of streams: each is cut off with a reason, and costs its own connection only.</summary>
public sealed class HostileStreamTests
{
    private const string Address = "tcp://127.0.0.1:0";

    private static readonly ushort s_add = NumberOf("Add");
    private static readonly ushort s_down = NumberOf("Down");
    private static readonly ushort s_up = NumberOf("Up");
    private static readonly byte[] s_what = What("wait");

    /// <summary>What a client sends after its hello, and what the log then says of it.</summary>
    public static TheoryData<string, byte[], string> Violations => new()
    {
        { "items without a call", Items(Id(0), 1), "StreamItems for call" },
        { "an end without a call", Frame(FrameType.StreamEnd, callId: Id(0)), "StreamEnd for call" },
        { "items of a call that takes none", [.. Down(Id(0)), .. Items(Id(0), 1)], "StreamItems for call" },
        { "items for a call nobody made", ServerItems(Id(0)), "StreamItems for call" },
        { "items after the end", [.. Up(Id(0)), .. End(Id(0)), .. Items(Id(0), 1)], "has ended" },
        { "two ends", [.. Up(Id(0)), .. End(Id(0)), .. End(Id(0))], "has ended" },
        { "items under another generation", [.. Up(Id(0)), .. Items(Id(0, 2), 1)], "StreamItems for call" },
        { "no items", [.. Up(Id(0)), .. Frame(FrameType.StreamItems, callId: Id(0))], "a frame of no stream items" },
        { "an item longer than its frame", [.. Up(Id(0)), .. Payload(5, 1)], "longer than its frame" },
        { "a length without end", [.. Up(Id(0)), .. Payload(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)], "longer than its frame" },
        { "a frame that costs too much", [.. Up(Id(0)), .. Items(Id(0), 5000)], "which costs too much" },
        { "a slot used before its stream ended", [.. Up(Id(0), "fail"), .. Cancel(Id(0)), .. Up(Id(0, 2))], "call slot 0 again before" },
        {
            "a one-way request with a stream",
            Frame(FrameType.Request, FrameFlags.OneWay | FrameFlags.Stream, s_up, 0, s_what),
            "one-way request"
        },
        { "a one-way request for a stream", Frame(FrameType.Request, FrameFlags.OneWay, s_down, 0, s_what), "one-way request" },
        { "credit of nothing", [.. Down(Id(0)), .. Credit(Id(0), 0)], "stream credit that is none" },
        {
            "credit cut off",
            [.. Down(Id(0)), .. Frame(FrameType.StreamCredit, callId: Id(0), payload: [1, 2])],
            "stream credit that is none"
        },
        { "more credit than was used", [.. Down(Id(0)), .. Credit(Id(0), 1_000_000)], "more than the stream" },
        { "the largest credit", [.. Down(Id(0)), .. Credit(Id(0), uint.MaxValue)], "4,294,967,295 bytes of stream credit" },
        { "a caller that stops", [.. Down(Id(0)), .. Frame(FrameType.StreamStop, callId: Id(0))], "callers cancel" },
        { "a callee's end", Frame(FrameType.StreamEnd, FrameFlags.Callee, callId: Id(0)), "without a reply" },
        {
            "items after an end that is none",
            [.. Up(Id(0), "fail"), .. Frame(FrameType.StreamEnd, callId: Id(0), payload: [0xC1]), .. Items(Id(0), 1)],
            "has ended"
        },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task AViolation_ClosesItsConnection_AndTheHandlersEnd(string name, byte[] bytes, string logged)
    {
        await using FeedHost host = await StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(bytes);
        List<(FrameHeader Header, byte[] Payload)> answers = Split(await peer.ReadToEndAsync());
        Assert.Contains(logged, await host.Log.WaitForAsync("broke the wire protocol"), StringComparison.Ordinal);
        (FrameHeader header, byte[] payload) = answers[^1];
        Assert.True(header.Type == FrameType.GoAway, name);
        Assert.Contains(logged, ReadError(payload).Detail, StringComparison.Ordinal);
        await Until.TrueAsync(() => host.Connections.Count == 1, () => "the hostile connection is still there");
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task APeerThatSendsBeyondItsWindow_IsCutOff_WithNoMoreHeldThanTheWindow()
    {
        await using FeedHost host = await StartAsync(limits => limits.StreamWindow = 64 * 1024);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Up(Id(0)));
        RpcConnection connection = await host.EndOfAsync(peer);
        for (int i = 0; i < 3; i++) await peer.SendAsync(Items(Id(0), 1000)); // 51,000 of 65,536.
        await Until.TrueAsync(() => connection.Streams.Receiving.Shares > 34_000, () => "the items have not arrived");
        Assert.False(connection.IsClosed);
        await peer.SendAsync(Items(Id(0), 1000)); // Some credit was left.
        await Until.TrueAsync(() => connection.Streams.Receiving.Shares > 51_000, () => "the items have not arrived");
        await peer.SendAsync(Items(Id(0), 1)); // And now none is.
        await host.Log.WaitForAsync("without credit");
    }

    [Fact]
    public async Task ManyStreamsTogether_HoldNoMoreThanTheConnectionsWindowAndTheirReserves()
    {
        const int Window = 256 * 1024;
        await using FeedHost host = await StartAsync(limits => limits.ConnectionStreamWindow = Window);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.EndOfAsync(peer);
        for (int slot = 0; slot < 200 && !connection.IsClosed; slot++)
        {
            await peer.SendAsync(Up(Id(slot)));
            for (int i = 0; i < 8; i++) await peer.SendAsync(Items(Id(slot), 1000));
            long held = connection.Streams.Receiving.Shares;
            Assert.True(held <= Window + StreamCost.MaxFrameCost, $"{held:N0} bytes are held");
        }

        await host.Log.WaitForAsync("without credit");
    }

    [Fact]
    public async Task AStreamThatARefusedRequestAnnounced_IsDropped_AndTheConnectionGoesOn()
    {
        await using FeedHost host = await StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync([.. Frame(FrameType.Request, FrameFlags.Stream, s_up, Id(0), [0xC1]), .. Items(Id(0), 3)]);
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        ErrorMessage refusal = ReadError(payload);
        Assert.Equal((FrameType.Error, RpcStatusCode.InvalidArgument, true), (header.Type, refusal.Code, refusal.Refused));
        await peer.SendAsync(
        [
            .. Items(Id(0), 3), .. End(Id(0)),
            .. Frame(FrameType.Request, FrameFlags.Stream, 999, Id(0, 2)), .. Items(Id(0, 2), 3), .. End(Id(0, 2)),
            .. Frame(FrameType.Request, FrameFlags.None, s_up, Id(1), s_what),
            .. Frame(FrameType.Request, FrameFlags.Stream, s_down, Id(2), s_what), .. End(Id(2)),
        ]);
        Assert.Equal(RpcStatusCode.Unimplemented, ReadError((await peer.ReadFrameAsync()).Payload).Code);
        string detail = ReadError((await peer.ReadFrameAsync()).Payload).Detail;
        Assert.Contains("takes a stream, and the request has none", detail, StringComparison.Ordinal);
        detail = ReadError((await peer.ReadFrameAsync()).Payload).Detail;
        Assert.Contains("takes no stream, and the request has one", detail, StringComparison.Ordinal);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 3), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task CreditsAndStopsForStreamsThatAreOver_AreIgnored()
    {
        await using FeedHost host = await StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(
        [
            .. Credit(Id(0), 100), .. Credit(Id(9000), uint.MaxValue),
            .. Frame(FrameType.StreamCredit, FrameFlags.Callee, callId: Id(0), payload: [1, 0, 0, 0]),
            .. Frame(FrameType.StreamStop, FrameFlags.Callee, callId: Id(0)),
            .. Frame(FrameType.Request, method: s_add, callId: Id(0), payload: Arguments(1, 2)),
        ]);
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task AClientThatDoesNotKnowStreams_IsRefusedThem()
    {
        await using FeedHost host = await StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address, ClientHello() with { StreamWindow = 0 });
        await peer.SendAsync(Down(Id(0)));
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Error, header.Type);
        Assert.Contains("does not say that it supports streams", ReadError(payload).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatDoesNotKnowStreams_IsNotAskedForThem()
    {
        using RawServer server = new();
        Task<RawPeer> accepting = server.AcceptAndIntroduceAsync(FeedHello() with { StreamWindow = 0 });
        await using RpcClient client = await RpcClient.ConnectAsync(server.Address, LabHost.Patient()).Soon();
        using RawPeer peer = await accepting;
        List<int> read = [];
        RpcException error = Assert.IsType<RpcException>(await client.Get<IFeed>().CountAsync(1).ReadIntoAsync(read).Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("does not support streams", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatSendsItemsOfACallThatIsOver_IsCutOff_AndOneThatDoesNotKnowYetIsNot()
    {
        using RawServer server = new();
        Task<RawPeer> accepting = server.AcceptAndIntroduceAsync(FeedHello());
        await using RpcClient client = await RpcClient.ConnectAsync(server.Address, LabHost.Patient()).Soon();
        using RawPeer peer = await accepting;
        IAsyncEnumerator<int> items = client.Get<IFeed>().CountAsync(1).GetAsyncEnumerator();
        ValueTask<bool> next = items.MoveNextAsync();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        await peer.SendAsync(ServerItems(id));
        Assert.True(await next.Soon());
        await items.DisposeAsync().Soon();
        Assert.Equal(FrameType.Cancel, (await peer.ReadFrameAsync()).Header.Type);
        await peer.SendAsync([.. ServerItems(id), .. Frame(FrameType.Ping, callId: 7)]);
        Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Header.Type);
        await peer.SendAsync([.. Frame(FrameType.Response, callId: id), .. ServerItems(id)]);
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.GoAway, header.Type);
        Assert.Contains("has ended", ReadError(payload).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatSendsBeyondTheWindow_OrItemsForAPlainCall_IsCutOff()
    {
        foreach (bool plain in (bool[])[false, true])
        {
            using RawServer server = new();
            Task<RawPeer> accepting = server.AcceptAndIntroduceAsync(FeedHello());
            await using RpcClient client = await RpcClient.ConnectAsync(
                server.Address, LabHost.Patient(options => options.Limits.StreamWindow = 1024)).Soon();
            using RawPeer peer = await accepting;
            List<int> read = [];
            IFeed calls = client.Get<IFeed>();
            Task call = plain ? calls.AddAsync(1, 2).AsTask() : calls.CountAsync(1).ReadIntoAsync(read);
            ulong id = (await peer.ReadFrameAsync()).Header.CallId;
            for (int i = 0; i < 100; i++) await peer.SendAsync(ServerItems(id));
            (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
            Assert.Equal(FrameType.GoAway, header.Type);
            Assert.Contains(plain ? "whose result is none" : "without credit", ReadError(payload).Detail, StringComparison.Ordinal);
            await call.ContinueWith(static _ => { }, TaskScheduler.Default).Soon();
        }
    }

    [Fact]
    public async Task AnItemThatCannotBeRead_FailsItsCall_EvenIfItIsThereBeforeTheRequestsSenderIsBack()
    {
        using RawServer server = new();
        using Gate gate = new();
        SlowSenderTransport transport = new();
        Task<RawPeer> accepting = server.AcceptAndIntroduceAsync(FeedHello());
        await using RpcClient client = await RpcClient.ConnectAsync(server.Address, LabHost.Patient(options =>
        {
            options.Transports.Clear();
            options.Transports.Add(transport);
        })).Soon();
        using RawPeer peer = await accepting;
        IFeed calls = client.Get<IFeed>();
        List<int> read = [];
        Task<Exception?> first = calls.CountAsync(1).ReadIntoAsync(read); // The first call takes the slow way, to find the method.
        await peer.SendAsync(Frame(FrameType.Response, callId: (await peer.ReadFrameAsync()).Header.CallId));
        Assert.Null(await first.Soon());

        transport.HoldAt(gate);
        Task<Exception?> second = Task.Run(() => calls.CountAsync(1).ReadIntoAsync(read));
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        await gate.Reached;
        byte[] unreadable = Frame(FrameType.StreamItems, FrameFlags.Callee, callId: id, payload: [1, 0xC1]);
        await peer.SendAsync([.. unreadable, .. Frame(FrameType.Response, callId: id)]);
        RpcConnection connection = LabHost.ConnectionOf(client);
        await Until.TrueAsync(() => connection.Calls.InFlight == 0, () => "the reply has not arrived");
        gate.Open();
        RpcException error = Assert.IsType<RpcException>(await second.Soon());
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RandomFramesOfStreams_HarmNobody()
    {
        await using FeedHost host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (int i = 0; i < 30; i++)
            {
                Random random = new((worker * 1000) + i);
                using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
                List<byte> bytes = [.. Up(Id(0)), .. Down(Id(1))];
                for (int frame = 0; frame < 20; frame++)
                {
                    byte[] payload = random.Next(3) == 0 ? Bytes.Random(frame, random.Next(0, 300)) : [1, 1, 1, 2];
                    FrameFlags flags = (FrameFlags)(random.Next(4) == 0 ? random.Next(64) : 0);
                    bytes.AddRange(Frame((FrameType)random.Next(32, 36), flags, 0, Id(random.Next(3)), payload));
                }

                await peer.SendAsync([.. bytes]);
                peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                await peer.ReadToEndAsync();
            }
        }));
        await Until.TrueAsync(() => host.Connections.Count == 1, () => $"{host.Connections.Count} connections");
        await host.AssertNothingLeftAsync();
    }

    private static async Task<FeedHost> StartAsync(Action<RpcLimits>? limits = null)
    {
        FeedHost host = await FeedHost.StartAsync(Address, server: options => limits?.Invoke(options.Limits));

        // Neither reads nor sends anything; it ends when its call does.
        host.Feed.OnUp("wait", static async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 1;
        });
        host.Feed.OnUp("fail", static (_, _) => throw new RpcException(RpcStatusCode.NotFound, "no"));
        host.Feed.OnDown("wait", static ct => Streams.Items.OneThenWait(Streams.Items.Signal(), ct));
        return host;
    }

    private static byte[] Payload(params byte[] bytes) => Frame(FrameType.StreamItems, callId: Id(0), payload: bytes);
}
