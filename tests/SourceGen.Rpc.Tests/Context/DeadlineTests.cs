using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Context;

/// <summary>What a server does with the time that a request says remains.</summary>
public sealed class DeadlineTests
{
    private static readonly ushort s_run = RawServer.MethodNumber("Run");
    private static readonly ushort s_add = RawServer.MethodNumber("Add");

    [Fact]
    public async Task ACallWithoutTime_IsNeverStarted()
    {
        await using LabHost host = await LabHost.StartAsync();
        int runs = 0;
        host.Lab.On("go", _ => new(Interlocked.Increment(ref runs)));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync([.. Request(s_run, 0, remainingMs: 0, "go"), .. Request(s_run, 1, remainingMs: null, "go")]);
        ErrorMessage error = await ReadErrorAsync(peer, RawFrames.Id(0));
        Assert.Equal((RpcStatusCode.DeadlineExceeded, true), (error.Code, error.Refused));
        Assert.Equal("Tests.Lab/Run was not started within the 0 ms that its caller allowed.", error.Detail);
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Response, RawFrames.Id(1)), (header.Type, header.CallId));
        Assert.Equal(RawFrames.Integer(1), payload);
    }

    [Fact]
    public async Task ACallWhoseTimePassesWhileItIsQueued_IsNeverStarted()
    {
        // Queued for as long as the test likes: decoded, and not yet run.
        int runs = 0;
        Lab lab = new();
        lab.On("go", _ => new(Interlocked.Increment(ref runs)));
        RecordingTransport transport = new();
        RpcConnection connection = new(
            transport,
            ConnectionSettings.Create(new RpcServerOptions(), MessagePackCodec.Instance, RawFrames.ClientHello()),
            methods: [],
            NullLogger.Instance);
        ServerCall call = Methods(lab)[s_run]
            .Accept(connection, RawFrames.Id(0), oneWay: false, new(LabRequest("go")), out _)!;
        call.Prepare(new RequestHead(remainingMs: 20));
        connection.Running.Begin();
        connection.Running.Add(call, RawFrames.Id(0), oneWay: false);
        await Until.TrueAsync(() => Watchdog.BusyNow >= call.Deadline, () => "the clock stands still");
        call.Run();
        (FrameHeader header, byte[] payload) = Assert.Single(transport.Frames());
        Assert.Equal((FrameType.Error, RawFrames.Id(0)), (header.Type, header.CallId));
        ErrorMessage error = RawFrames.ReadError(payload);
        Assert.Equal((RpcStatusCode.DeadlineExceeded, true), (error.Code, error.Refused));
        Assert.Equal((0, 0), (runs, connection.Running.Count));
    }

    [Fact]
    public async Task AResultThatComesTooLate_IsNotSent()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("go", async _ =>
        {
            await gate.PassAsync();
            return 5;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        long passed = Environment.TickCount64 + 250;
        await peer.SendAsync(Request(s_run, 0, remainingMs: 250, "go"));
        await gate.Reached;
        RpcConnection connection = await host.ConnectionOfAsync(peer);
        await Until.TrueAsync(() => Watchdog.BusyNow > passed + 250, () => "the clock stands still");
        Assert.Equal(1, connection.Running.Count); // A handler that does not listen holds its slot until it ends.
        gate.Open();
        ErrorMessage error = await ReadErrorAsync(peer, RawFrames.Id(0));
        Assert.Equal((RpcStatusCode.DeadlineExceeded, false), (error.Code, error.Refused));
        Assert.Equal("Tests.Lab/Run did not finish within the 250 ms that its caller allowed.", error.Detail);
    }

    [Fact]
    public async Task ADeadlineThatPasses_CancelsTheHandlersToken_OfOneWayCallsToo()
    {
        await using Relay relay = await Relay.StartAsync();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        relay.On("note", async () =>
        {
            using CancellationTokenRegistration _ = RpcContext.Current!.CancellationToken.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            return "";
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(relay.Address);
        ushort tell = (ushort)MethodsOf<IRelay>().Single(method => method.Name == "Tell").Index;
        byte[] message = RawFrames.Message(150, RawFrames.Headers((0, "a", "1")), LabRequest("note"));
        FrameFlags flags = FrameFlags.OneWay | FrameFlags.Deadline | FrameFlags.Headers;
        await peer.SendAsync(RawFrames.Frame(FrameType.Request, flags, tell, 0, message));
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task AHandlerThatFailsAfterItsTime_IsStillInTheLog()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("go", async token =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("the clean-up failed");
            }

            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Request(s_run, 0, remainingMs: 100, "go"));
        Assert.Equal(RpcStatusCode.DeadlineExceeded, (await ReadErrorAsync(peer, RawFrames.Id(0))).Code);
        await host.Log.WaitForAsync("the clean-up failed");
    }

    [Fact]
    public async Task ARequest_SaysWhatRemains_OnlyIfThereIsALimit()
    {
        using RawServer server = new();
        foreach (TimeSpan limit in (TimeSpan[])[TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan])
        {
            Task<RawPeer> accepted = server.AcceptAndIntroduceAsync();
            await using RpcClient client = await RpcClient.ConnectAsync(
                server.Address, LabHost.Patient(options => options.CallTimeout = limit)).Soon();
            using RawPeer peer = await accepted.Soon();
            Task<int> call = client.Get<ILab>().AddAsync(2, 3).AsTask();
            (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
            if (limit == Timeout.InfiniteTimeSpan)
            {
                Assert.Equal(FrameFlags.None, header.Flags);
                Assert.Equal(RawFrames.Arguments(2, 3), payload);
            }
            else
            {
                Assert.Equal(FrameFlags.Deadline, header.Flags);
                Assert.InRange(BitConverter.ToUInt32(payload), 3_000_000u, 3_600_000u);
                Assert.Equal(RawFrames.Arguments(2, 3), payload[4..]);
            }

            await peer.SendAsync(RawFrames.Frame(FrameType.Response, callId: header.CallId, payload: RawFrames.Integer(5)));
            Assert.Equal(5, await call.Soon());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task ARequestInFragments_HasItsHeadPutTogether(int first)
    {
        await using LabHost host = await LabHost.StartAsync();
        byte[] message = RawFrames.Message(3_600_000, RawFrames.Headers((0, "a", "1")), RawFrames.Arguments(2, 3));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        FrameFlags flags = FrameFlags.More | FrameFlags.Deadline | FrameFlags.Headers;
        await peer.SendAsync(
        [
            .. RawFrames.Frame(FrameType.Request, flags, s_add, RawFrames.Id(0), message[..first]),
            .. RawFrames.Frame(FrameType.RequestContinuation, FrameFlags.None, 0, RawFrames.Id(0), message[first..]),
        ]);
        Assert.Equal(RawFrames.Integer(5), (await peer.ReadFrameAsync()).Payload);
    }

    private static IEnumerable<RpcMethod> MethodsOf<T>()
        where T : class, IRpcContract<T> => T.Contract.Methods.ToArray();

    private static ServerMethod[] Methods(Lab lab) => [.. new ServiceRegistration<ILab>(
        ContractOf<ILab>(), new SharedServiceSource<ILab>(lab))
        .Bind(MessagePackCodec.Instance, new ErrorPolicy(includeDetails: false, NullLogger.Instance))];

    private static RpcContract<T> ContractOf<T>()
        where T : class, IRpcContract<T> => T.Contract;

    private static byte[] LabRequest(string what) => [0x91, .. RawFrames.Encode(output =>
    {
        MessagePack.MessagePackWriter writer = new(output);
        writer.Write(what);
        writer.Flush();
    })];

    private static byte[] Request(ushort method, int slot, uint? remainingMs, string what) => RawFrames.Frame(
        FrameType.Request,
        remainingMs is null ? FrameFlags.None : FrameFlags.Deadline,
        method,
        RawFrames.Id(slot),
        RawFrames.Message(remainingMs, headers: null, LabRequest(what)));

    private static async Task<ErrorMessage> ReadErrorAsync(RawPeer peer, ulong id)
    {
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, id), (header.Type, header.CallId));
        return RawFrames.ReadError(payload);
    }
}
