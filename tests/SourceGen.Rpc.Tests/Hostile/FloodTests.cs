using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>
/// Peers that send without end what costs them nothing: each is cut off with a word that names it, and others notice nothing.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FloodTests
{
    private const int Frames = 100_000;

    private static readonly ushort s_add = RawServer.MethodNumber("Add");

    /// <summary>Frames that ask for work and are not a call.</summary>
    public static TheoryData<string, byte[]> Floods => new()
    {
        { "Ping", Frame(FrameType.Ping, callId: 7) },
        { "Pong", Frame(FrameType.Pong) },
        { "Cancel", Frame(FrameType.Cancel, callId: Id(5)) },
        { "Describe", Frame(FrameType.Describe, callId: Id(5)) },
        { "StreamCredit", Frame(FrameType.StreamCredit, callId: Id(5), payload: [0, 0, 1, 0]) },
        { "StreamStop", Frame(FrameType.StreamStop, FrameFlags.Callee, callId: Id(5)) },
        { "GoAway", Frame(FrameType.GoAway, payload: Encode(new ErrorMessage(RpcStatusCode.Unavailable, "again").Write)) },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task AFlood_IsCutOffByName_WithLittleWaitingForAPeerThatDoesNotRead(string type, byte[] frame)
    {
        await using LabHost host = await LabHost.StartAsync();
        ILab witness = await host.GetAsync();
        Assert.Equal(3, await witness.AddAsync(1, 2).Soon());
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.ConnectionOfAsync(peer);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Task sending = SendManyAsync(peer, frame);
        string line = await host.Log.WaitForAsync("broke the wire protocol");
        await connection.Closed.Soon();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        await sending.Soon();
        Assert.Contains("floods the connection: more than 10,000", line, StringComparison.Ordinal);
        Assert.Contains($"the last one a {type}", line, StringComparison.Ordinal);
        Assert.True(allocated < 30_000_000, $"{allocated:N0} bytes were allocated");
        Assert.Equal(1, host.Server.Rejections.Cut);
        Assert.Equal(type == "GoAway" ? 1 : 0, host.Log.Count("takes no more calls"));
        Assert.Equal(3, await witness.AddAsync(1, 2).Soon());
    }

    [Fact]
    public async Task ThePeerIsToldWhy()
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync([.. Enumerable.Repeat(Frame(FrameType.Pong), 10_500).SelectMany(static frame => frame)]);
        (FrameHeader header, byte[] payload) = Split(await peer.ReadToEndAsync())[^1];
        Assert.Equal(FrameType.GoAway, header.Type);
        Assert.Equal(RpcStatusCode.ResourceExhausted, ReadError(payload).Code);
        Assert.Contains("floods the connection", ReadError(payload).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingEachCall_IsNoFlood()
    {
        const int Batches = 300;
        const int Calls = 200;
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (uint batch = 1; batch <= Batches; batch++)
        {
            await peer.SendAsync([.. Enumerable.Range(0, Calls).SelectMany(slot =>
                RequestAndCancel(s_add, Id(slot, batch), Arguments(1, 2)))]);
            for (int i = 0; i < Calls; i++) Assert.Equal(FrameType.Response, (await peer.ReadFrameAsync()).Header.Type);
        }

        Assert.Equal(0, host.Server.Rejections.Cut);
    }

    [Fact]
    public async Task CallsCancelledAsSoonAsTheyAreMade_NeverRunMoreThanTheLimit_BecauseTheirSlotsStayTaken()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.Limits.MaxConcurrentCalls = 10);
        using Gate gate = new();
        host.Lab.On("stubborn", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] arguments = [0x91, 0xA8, .. "stubborn"u8];
        ushort run = RawServer.MethodNumber("Run");
        await peer.SendAsync([.. Enumerable.Range(0, 11).SelectMany(i =>
            RequestAndCancel(run, Id(i % 10, (uint)i + 1), arguments))]);
        string line = await host.Log.WaitForAsync("broke the wire protocol");
        Assert.Contains("call slot 0 again before its call was answered", line, StringComparison.Ordinal);
        Assert.True(gate.Count <= 10, $"{gate.Count} handlers ran");
        gate.Open();
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task AServerThatFloodsItsClient_IsCutOffToo(string type, byte[] frame)
    {
        TestLog log = new();
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient(options => Configure(options, log)));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        await peer.ReadFrameAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Task sending = SendManyAsync(peer, frame);
        string line = await log.WaitForAsync("broke the wire protocol");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        await sending.Soon();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("floods the connection: more than 10,000", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the last one a {type}", line, StringComparison.Ordinal);
        Assert.True(allocated < 30_000_000, $"{allocated:N0} bytes were allocated");
    }

    /// <summary>Requests that are answered without being run, so that their sender can use the same slot again and again.</summary>
    public static TheoryData<string, byte[]> RefusedRequests => new()
    {
        { "no such method", Frame(FrameType.Request, method: 99, callId: Id(0), payload: Arguments(1, 2)) },
        { "arguments that are none", Frame(FrameType.Request, method: s_add, callId: Id(0), payload: [0xC1]) },
        { "headers that are none", Frame(FrameType.Request, FrameFlags.Headers, s_add, Id(0), Message(null, [0xC1], Arguments(1, 2))) },
    };

    [Theory]
    [MemberData(nameof(RefusedRequests))]
    public async Task AServerThatDoesNotReadWhatItsClientRefuses_IsCutOff(string name, byte[] request)
    {
        TestLog log = new();
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient(options => Configure(options, log)));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        await peer.ReadFrameAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Task sending = SendManyAsync(peer, request, Frames * 4);
        string line = await log.WaitForAsync("broke the wire protocol");
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        await sending.Soon();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Contains("does not read: ", line, StringComparison.Ordinal);
        Assert.Contains("MaxOutputBacklog", line, StringComparison.Ordinal);
        Assert.True(allocated < 300_000_000, $"{allocated:N0} bytes were allocated for {name}");
    }

    /// <summary>A client that serves, keeps little for a peer that does not read, and does not come back soon.</summary>
    private static void Configure(RpcClientOptions options, TestLog log)
    {
        options.LoggerFactory = log;
        options.Limits.MaxOutputBacklog = 64 * 1024;
        options.ReconnectDelay = Waiting.Limit;
        options.MaxReconnectDelay = Waiting.Limit;
        options.AddService<ILab>(new Lab());
    }

    private static byte[] RequestAndCancel(ushort method, ulong id, byte[] arguments) =>
        [.. Frame(FrameType.Request, method: method, callId: id, payload: arguments), .. Frame(FrameType.Cancel, callId: id)];

    private static Task SendManyAsync(RawPeer peer, byte[] frame, int count = Frames)
    {
        byte[] block = [.. Enumerable.Repeat(frame, 1000).SelectMany(static bytes => bytes)];
        return Task.Run(async () =>
        {
            for (int sent = 0; sent < count; sent += 1000) await peer.SendAsync(block);
        });
    }
}
