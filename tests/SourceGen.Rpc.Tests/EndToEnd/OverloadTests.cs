using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Tests.Context;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>A server that runs as many calls as its adaptive limit allows, as its clients see it.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task ACallBeyondTheLimitWaits_AndOneBeyondTheQueueIsRefusedSoThatItMayGoElsewhere()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.AdaptiveLimit = One(queue: 1));
        using Gate gate = Hold(host);
        ILab lab = await host.GetAsync();
        Task<int> held = lab.RunAsync("hold").AsTask();
        await gate.Reached;
        Task<int> waits = lab.AddAsync(1, 2).AsTask();
        await Until.TrueAsync(() => LimiterOf(host).Waiting == 1, static () => "the second call does not wait");

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.AddAsync(3, 4).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.Contains("Tests.Lab/Add was refused: the server is overloaded (AdaptiveLimit)", error.Message, StringComparison.Ordinal);
        Assert.True(error.TryGetDetail(out RpcRetryAfter? retry) && retry.Delay == TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, host.Server.Rejections.Calls);
        Assert.False(waits.IsCompleted);

        gate.Open();
        Assert.Equal(1, await held.Soon());
        Assert.Equal(3, await waits.Soon());
        await Until.TrueAsync(
            () => (LimiterOf(host).Running, LimiterOf(host).Waiting, host.Connections.First().Admission!.Running) == (0, 0, 0),
            static () => "calls are still counted");
    }

    [Fact]
    public async Task ALessImportantCallMakesRoom_AndItsHandlerDoesNotRun()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.AdaptiveLimit = One(queue: 1));
        using Gate gate = Hold(host);
        RpcClient client = await host.ConnectAsync();
        ILab sheddable = client.Get<ILab>(new RpcCallOptions { Priority = RpcPriority.Sheddable });
        ILab critical = client.Get<ILab>(new RpcCallOptions { Priority = RpcPriority.Critical });
        Task<int> held = client.Get<ILab>().RunAsync("hold").AsTask();
        await gate.Reached;
        int ran = 0;
        host.Lab.On("shed", _ =>
        {
            ran++;
            return new ValueTask<int>(1);
        });
        Task<int> shed = sheddable.RunAsync("shed").AsTask();
        await Until.TrueAsync(() => LimiterOf(host).Waiting == 1, static () => "the call does not wait");
        Task<int> wins = critical.AddAsync(1, 2).AsTask();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shed.Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        gate.Open();
        Assert.Equal(3, await wins.Soon());
        await held.Soon();
        Assert.Equal(0, ran);
    }

    [Fact]
    public async Task ACallThatIsGivenUpWhileItWaits_NeverRuns()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.AdaptiveLimit = One(queue: 10));
        using Gate gate = Hold(host);
        ILab lab = await host.GetAsync();
        Task<int> held = lab.RunAsync("hold").AsTask();
        await gate.Reached;
        int ran = 0;
        host.Lab.On("late", _ =>
        {
            Interlocked.Increment(ref ran);
            return new ValueTask<int>(1);
        });
        Task<int> late = lab.RunBrieflyAsync("late").AsTask(); // 60 ms.
        using CancellationTokenSource source = new();
        Task<int> cancelled = lab.RunAsync("late", source.Token).AsTask();
        await Until.TrueAsync(() => LimiterOf(host).Waiting >= 1, static () => "the calls do not wait");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => late.Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);

        // Though the call before them is still running, they have left the queue, and their slots.
        await Until.TrueAsync(() => host.Connections.First().Running.Count == 1, static () => "they are still queued");
        gate.Open();
        Assert.Equal(1, await held.Soon());
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        Assert.Equal(0, ran);
    }

    [Fact]
    public async Task AnOverloadedServerTellsItsHealth()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.AdaptiveLimit = One(queue: 0));
        using Gate gate = Hold(host);
        RpcClient client = await host.ConnectAsync();
        Task<int> held = client.Get<ILab>().RunAsync("hold").AsTask();
        await gate.Reached;
        await Assert.ThrowsAsync<RpcException>(() => client.Get<ILab>().AddAsync(1, 2).Soon());
        Assert.Equal(ServingStatus.Serving, await client.Get<IHealth>().CheckAsync("").Soon());
        gate.Open();
        await held.Soon();
    }

    [Fact]
    public async Task CallsThatWait_AreAnsweredWhenTheServerStops()
    {
        LabHost host = await LabHost.StartAsync(configure: static options =>
        {
            options.AdaptiveLimit = One(queue: 10);
            options.DrainTimeout = Waiting.Limit;
        });
        using Gate gate = Hold(host);
        ILab lab = await host.GetAsync();
        Task<int> held = lab.RunAsync("hold").AsTask();
        await gate.Reached;
        Task<int> waits = lab.AddAsync(1, 2).AsTask();
        await Until.TrueAsync(() => LimiterOf(host).Waiting == 1, static () => "the call does not wait");
        Task stopping = host.Server.StopAsync();
        await Until.TrueAsync(() => host.Server.Health.GetStatus() == ServingStatus.NotServing, static () => "it does not stop");
        gate.Open();
        Assert.Equal((1, 3), (await held.Soon(), await waits.Soon()));
        await stopping.Soon();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task APriorityGoesOnWithTheCallsOfAHandler_AndTheNearestDecides()
    {
        await using Relay last = await Relay.StartAsync();
        await using Relay first = await Relay.StartAsync();
        last.On("see", static () => Task.FromResult(RpcContext.Current!.Priority.ToString()));
        first.On("pass", () => last.Proxy.RelayAsync("see"));
        first.On("change", async () =>
        {
            using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Priority = RpcPriority.Sheddable });
            return await last.Proxy.RelayAsync("see");
        });
        _ = RpcContext.Current; // From now on servers make contexts.
        IRelay critical = first.Client.Get<IRelay>(new RpcCallOptions { Priority = RpcPriority.Critical });
        Assert.Equal("Critical", await critical.RelayAsync("pass").Soon());
        Assert.Equal("Sheddable", await critical.RelayAsync("change").Soon());
        Assert.Equal("Default", await first.Proxy.RelayAsync("pass").Soon());
        RpcCallOptions options = new() { Priority = RpcPriority.Critical };
        options.Priority = null;
        Assert.Equal(0, options.Baggage.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Priority = (RpcPriority)7);
    }

    /// <summary>One call at a time, and a queue that nobody leaves for having waited.</summary>
    private static RpcAdaptiveLimit One(int queue) =>
        new() { MinLimit = 1, MaxLimit = 1, QueueLength = queue, MaxQueueTime = TimeSpan.FromMinutes(1) };

    private static Gate Hold(LabHost host)
    {
        Gate gate = new();
        host.Lab.On("hold", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        return gate;
    }

    private static AdaptiveLimiter LimiterOf(LabHost host) => host.Connections.First().Admission!.Adaptive!;
}
