using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

public sealed class KeepAliveTests
{
    [Fact]
    public async Task C08_AServerThatFallsSilent_IsNoticedByItsClient()
    {
        using RawServer server = new();
        TestLog log = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient(options => SetKeepAlive(options, log)));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        Assert.Equal(FrameType.Request, (await peer.ReadFrameAsync()).Header.Type);
        Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Header.Type);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        await log.WaitForAsync("did not answer a keep-alive ping");
    }

    [Fact]
    public async Task C08_AClientThatFallsSilent_IsNoticedByItsServer()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => SetKeepAlive(options, options.LoggerFactory));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Header.Type);
        await host.Log.WaitForAsync("did not answer a keep-alive ping");
        await host.AssertConnectionsAsync(0);
        await host.AssertServesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C08_ACableThatIsCut_IsNoticed(bool byTheServer)
    {
        PipeOnlyTransport transport = new(new MemoryTransport());
        TestLog log = new();
        await using LabHost host = await LabHost.StartAsync("memory://", options => Configure(options, attentive: byTheServer));
        RpcClient client = await host.ConnectAsync(options => Configure(options, attentive: !byTheServer));
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
        transport.Cut();
        Task<int> call = client.Get<ILab>().AddAsync(2, 3).AsTask();
        await log.WaitForAsync("did not answer a keep-alive ping");
        Assert.Equal(RpcStatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.Soon())).Code);

        void Configure(RpcConnectionOptions options, bool attentive)
        {
            // One side only: the other would be told by this one's abort before it notices by itself.
            if (attentive) SetKeepAlive(options, log);
            options.Transports.Clear();
            options.Transports.Add(transport);
        }
    }

    [Fact]
    public async Task APeerThatAnswersPings_IsKept()
    {
        await using LabHost host = await LabHost.StartAsync(
            configure: options => SetKeepAlive(options, options.LoggerFactory, timeoutMs: 20_000));
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (int ping = 0; ping < 5; ping++)
        {
            Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Header.Type);
            await peer.SendAsync(RawFrames.Frame(FrameType.Pong));
        }

        await peer.SendAsync(RawFrames.Frame(FrameType.Ping, callId: 77));
        (FrameHeader header, _) = await peer.ReadFrameAsync();
        while (header.Type == FrameType.Ping) (header, _) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Pong, 77ul), (header.Type, header.CallId));
    }

    [Fact]
    public async Task AServerThatDoesNotReadBecauseOneWayCallsPileUp_DoesNotTakeItsClientForDead()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options =>
        {
            // This peer answers no pings either, and must not be found dead before it is no longer read.
            SetKeepAlive(options, options.LoggerFactory, timeoutMs: 2000);
            options.Limits.MaxConcurrentCalls = 4;
        });
        using Gate gate = new();
        host.Lab.OnNote = _ => gate.Pass();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] note = RawFrames.Frame(
            FrameType.Request, FrameFlags.OneWay, RawServer.MethodNumber("Note"), payload: RawFrames.Arguments(1));
        RpcConnection connection = await host.ConnectionOfAsync(peer);
        for (int i = 0; i < 6; i++) await peer.SendAsync(note);
        await Until.TrueAsync(() => connection.Running.OneWay >= 5, () => $"{connection.Running.OneWay} one-way calls run");

        // A control that is not paused is found dead meanwhile, in the time that this one survives.
        using RawPeer control = await RawPeer.IntroduceAsync(host.Address);
        await host.Log.WaitForAsync($"Closing the connection to tcp://{control.Socket.LocalEndPoint}");
        Assert.Equal(1, host.Log.Count("did not answer a keep-alive ping"));
        Assert.False(connection.IsClosed);
        gate.Open();
        await Until.TrueAsync(() => connection.Running.OneWay == 0, () => "one-way calls are left");
    }

    private static void SetKeepAlive(RpcConnectionOptions options, Microsoft.Extensions.Logging.ILoggerFactory log, int timeoutMs = 200)
    {
        options.KeepAliveInterval = TimeSpan.FromMilliseconds(40);
        options.KeepAliveTimeout = TimeSpan.FromMilliseconds(timeoutMs);
        options.LoggerFactory = log;
    }
}
