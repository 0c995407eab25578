using System.Diagnostics;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Connections that come, go and come again.</summary>
public sealed class ReconnectTests
{
    [Fact]
    public async Task AServerThatRestarts_IsFoundAgain_AndCallsWaitMeanwhile()
    {
        LabHost host = await LabHost.StartAsync();
        string address = host.Address;
        await using RpcClient client = await RpcClient.ConnectAsync(address, LabHost.Patient()).Soon();
        ILab lab = client.Get<ILab>();
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        await host.DisposeAsync();
        await Until.TrueAsync(() => !client.IsConnected, () => "the client has not noticed that its server is gone");
        Task<int>[] waiting = [.. Enumerable.Range(0, 10).Select(i => lab.AddAsync(i, 1).AsTask())];
        Assert.All(waiting, call => Assert.False(call.IsCompleted));
        await using LabHost again = await LabHost.StartAsync(address);
        for (int i = 0; i < waiting.Length; i++) Assert.Equal(i + 1, await waiting[i].Soon());
    }

    [Fact]
    public async Task WithNobodyThere_CallsFailAfterTheConnectTimeout_NamingAddressAndAttempts()
    {
        LabHost host = await LabHost.StartAsync();
        string address = host.Address;
        await host.DisposeAsync();
        TestLog log = new();
        await using RpcClient client = RpcClient.Create(address, new RpcClientOptions
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(300),
            ReconnectDelay = TimeSpan.FromMilliseconds(5),
            LoggerFactory = log,
        });
        long started = Stopwatch.GetTimestamp();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => client.Get<ILab>().AddAsync(2, 3).Soon());
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(250));
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
        Assert.Matches("in [0-9]+ attempts", error.Message);
        await log.WaitForAsync($"to connect to {address} failed");
    }

    [Fact]
    public async Task WithNobodyThere_ACallWithAShorterLimitOfItsOwn_WaitsNoLonger()
    {
        LabHost host = await LabHost.StartAsync();
        string address = host.Address;
        await host.DisposeAsync();
        await using RpcClient client = RpcClient.Create(address, LabHost.Patient());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => client.Get<ILab>().RunBrieflyAsync("anything").Soon());
        Assert.Equal((RpcStatusCode.DeadlineExceeded, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("for 0.06 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_WithNobodyThere_FailsNamingTheAddress()
    {
        LabHost host = await LabHost.StartAsync();
        string address = host.Address;
        await host.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(address).Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallThatWaitsForAConnection_IsCancelledByItsToken()
    {
        LabHost host = await LabHost.StartAsync();
        string address = host.Address;
        await host.DisposeAsync();
        await using RpcClient client = RpcClient.Create(address, LabHost.Patient());
        using CancellationTokenSource source = new();
        Task<int> call = client.Get<ILab>().AddCancellableAsync(2, 3, source.Token).AsTask();
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
    }

    [Fact]
    public async Task DisposingAClient_FailsItsCalls_BothThoseInFlightAndThoseThatWait()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        RpcClient client = await host.ConnectAsync();
        Task<int> inFlight = client.Get<ILab>().RunAsync("wait").AsTask();
        await gate.Reached;
        await client.DisposeAsync().Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => inFlight.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        Assert.Contains("the client was disposed", error.Message, StringComparison.Ordinal);

        using RawServer silent = new();
        RpcClient waitingClient = RpcClient.Create(silent.Address, LabHost.Patient());
        Task<int> waiting = waitingClient.Get<ILab>().AddAsync(2, 3).AsTask();
        using RawPeer peer = await silent.AcceptAsync();
        await waitingClient.DisposeAsync().Soon();
        error = await Assert.ThrowsAsync<RpcException>(() => waiting.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
    }

    [Fact]
    public async Task AServerThatLeaves_GetsNoMoreCalls_AndAnswersThoseInFlight()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<int> old = lab.AddAsync(1, 2).AsTask();
        using RawPeer first = await server.AcceptAndIntroduceAsync();
        (FrameHeader oldRequest, _) = await first.ReadFrameAsync();
        await first.SendAsync(
            RawFrames.Frame(FrameType.GoAway, payload: RawFrames.Encode(new ErrorMessage(RpcStatusCode.Unavailable, "bedtime").Write)));

        // The client opens a second connection at once, and a new call takes it.
        using RawPeer second = await server.AcceptAndIntroduceAsync();
        await Until.TrueAsync(() => client.IsConnected, () => "the client has no connection");
        Task<int> fresh = lab.AddAsync(3, 4).AsTask();
        (FrameHeader freshRequest, _) = await second.ReadFrameAsync();
        await second.SendAsync(RawFrames.Frame(FrameType.Response, callId: freshRequest.CallId, payload: RawFrames.Integer(7)));
        Assert.Equal(7, await fresh.Soon());
        Assert.False(old.IsCompleted);

        // The old one is answered on the first connection, which the client then closes.
        await first.SendAsync(RawFrames.Frame(FrameType.Response, callId: oldRequest.CallId, payload: RawFrames.Integer(3)));
        Assert.Equal(3, await old.Soon());
        Assert.Equal(FrameType.GoAway, (await first.ReadFrameAsync()).Header.Type);
        Assert.Empty(await first.ReadToEndAsync());
    }

    [Fact]
    public async Task C58_AStoppingServer_FinishesCallsInFlightAndRefusesNewOnes()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.DrainTimeout = Waiting.Limit);
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcClient client = await host.ConnectAsync();
        Task<int> call = client.Get<ILab>().RunAsync("wait").AsTask();
        await gate.Reached;
        Task stopping = host.Server.StopAsync();
        Assert.Equal(FrameType.GoAway, (await peer.ReadFrameAsync()).Header.Type);
        await peer.SendAsync(RawFrames.Frame(FrameType.Request, method: RawServer.MethodNumber("Add"), callId: RawFrames.Id(0), payload: RawFrames.Arguments(2, 3)));
        (FrameHeader refusal, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Error, refusal.Type);
        Assert.True(RawFrames.ReadError(payload).Refused);
        Assert.Equal(RpcStatusCode.Unavailable, RawFrames.ReadError(payload).Code);
        Assert.False(stopping.IsCompleted);
        gate.Open();
        Assert.Equal(1, await call.Soon());
        await stopping.Soon();
    }

    [Fact]
    public async Task C58_AStoppingServerWithNothingToDo_RefusesWhatWasOnItsWay_UntilItsClientsHaveClosed()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.DrainTimeout = Waiting.Limit);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        Task stopping = host.Server.StopAsync();
        Assert.Equal(FrameType.GoAway, (await peer.ReadFrameAsync()).Header.Type);

        // Sent, as far as the server can know, before the client had read that.
        await peer.SendAsync(RawFrames.Frame(
            FrameType.Request, method: RawServer.MethodNumber("Add"), callId: RawFrames.Id(0), payload: RawFrames.Arguments(2, 3)));
        (FrameHeader refusal, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Error, refusal.Type);
        Assert.True(RawFrames.ReadError(payload).Refused);
        peer.Dispose();
        await stopping.Soon();
    }

    [Fact]
    public async Task StoppingAServer_IsBounded_WhateverItsClientsDo()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.DrainTimeout = Waiting.Limit * 10);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await host.Server.StopAsync().Soon();
        Assert.Equal(FrameType.GoAway, (await peer.ReadFrameAsync()).Header.Type);
        Assert.Empty(await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task StoppingAServer_IsBounded_WhateverItsHandlersDo()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.DrainTimeout = TimeSpan.FromMilliseconds(50));
        using Gate blocking = new();
        using Gate ignoring = new();
        host.Lab.On("block", _ =>
        {
            blocking.Pass();
            return new(1);
        });
        host.Lab.On("ignore", async _ =>
        {
            await ignoring.PassAsync();
            return 1;
        });
        ILab lab = await host.GetAsync();
        Task<int>[] calls = [lab.RunAsync("block").AsTask(), lab.RunAsync("ignore").AsTask()];
        await blocking.Reached;
        await ignoring.Reached;
        await host.Server.StopAsync().Soon();
        foreach (Task<int> call in calls)
            Assert.Equal(RpcStatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.Soon())).Code);
    }

    [Fact]
    public async Task AServerThatAcceptsAndDrops_IsNotHammered()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(
            server.Address, LabHost.Patient(options => options.ReconnectDelay = TimeSpan.FromMinutes(1)));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        for (int connection = 0; connection < 2; connection++)
        {
            using RawPeer peer = await server.AcceptAndIntroduceAsync();
        }

        // The second loss was the second in a row: a pause of half a minute at least comes before the third connection.
        Task<RawPeer> third = server.AcceptAsync();
        Assert.NotSame(third, await Task.WhenAny(third, Task.Delay(300)));
        Assert.NotNull(call);
    }

    [Fact]
    public async Task ACallWrittenBeforeAProtocolViolation_IsStillAnswered()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<int>[] calls = [lab.AddAsync(1, 2).AsTask(), lab.AddAsync(3, 4).AsTask()];
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        (FrameHeader first, _) = await peer.ReadFrameAsync();
        await peer.ReadFrameAsync();

        // In one piece, so that the good reply and the bad frame are decoded in one batch.
        await peer.SendAsync([.. RawFrames.Frame(FrameType.Response, callId: first.CallId, payload: RawFrames.Integer(42)), .. RawFrames.Frame((FrameType)99)]);
        Task<int> answered = await Task.WhenAny(calls).Soon();
        int[] outcomes = [.. (await Task.WhenAll(calls.Select(async call =>
        {
            try
            {
                return await call.Soon();
            }
            catch (RpcException e)
            {
                Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (e.Code, e.Progress));
                return -1;
            }
        }))).Order()];
        Assert.Equal([-1, 42], outcomes);
        Assert.NotNull(answered);
    }
}
