using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Discovery.Tests.Client;

/// <summary>What becomes of calls by each strategy, seen from the servers as well.</summary>
public sealed class StrategyTests
{
    [Fact]
    public async Task Failover_GoesOnToAnotherServer_AfterAnAnswerThatIsToBeRepeated()
    {
        await using Fleet fleet = await StartAsync(policy: new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted], Backoff = BackoffPolicy.None, Budget = null });
        fleet.Services["a"].Doing = Abort;
        for (int i = 0; i < 10; i++) Assert.Equal("b", await fleet.Client.Get<IPing>().DoAsync());
        Assert.True(fleet.Services["a"].Calls > 0);
    }

    [Fact]
    public async Task C53_ZeroRetriesMeansOneAttempt()
    {
        await using Fleet fleet = await StartAsync(policy: new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted], Retries = 0 });
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        int before = CallsOf(fleet);
        await Assert.ThrowsAsync<RpcException>(async () => await fleet.Client.Get<IPing>().DoAsync());
        Assert.Equal(before + 1, CallsOf(fleet));
    }

    [Fact]
    public async Task C53_RetriesAreAsManyAsThePolicySays_EachOnAnotherServer()
    {
        await using Fleet fleet = await StartAsync(
            ["a", "b", "c"], new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted], Retries = 2, Backoff = BackoffPolicy.None });
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        int[] before = [.. fleet.Services.Values.Select(static service => service.Calls)];
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await fleet.Client.Get<IPing>().DoAsync());
        Assert.Equal(RpcStatusCode.Aborted, error.Code);
        Assert.Equal([1, 1, 1], fleet.Services.Values.Select((service, i) => service.Calls - before[i]));
    }

    [Fact]
    public async Task C51_AnAttemptThatTakesTooLongIsRepeatedElsewhere_OfAnIdempotentMethod()
    {
        await using Fleet fleet = await StartAsync();
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions { Policy = new RpcCallPolicy { AttemptTimeout = TimeSpan.FromMilliseconds(250), Retries = 5, Budget = null } });
        fleet.Services["a"].Doing = ForEverAsync;
        for (int i = 0; i < 5; i++) Assert.Equal("b", await Eventually.Done(ping.DoAsync().AsTask()));
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => await ping.DoOnceAsync());
        Assert.Contains("not idempotent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C51_ATimeoutIsNotRepeatedByItself()
    {
        await using Fleet fleet = await StartAsync();
        foreach (Ping service in fleet.Services.Values) service.Doing = ForEverAsync;
        int before = CallsOf(fleet);
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await ping.DoOnceAsync());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        Assert.Equal(before + 1, CallsOf(fleet));
    }

    [Fact]
    public async Task Failfast_GivesTheFirstError()
    {
        await using Fleet fleet = await StartAsync(policy: RpcCallPolicy.Failfast);
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        int before = CallsOf(fleet);
        await Assert.ThrowsAsync<RpcException>(async () => await fleet.Client.Get<IPing>().DoAsync());
        Assert.Equal(before + 1, CallsOf(fleet));
    }

    [Fact]
    public async Task Failsafe_GivesNothing_AndLogsWhy()
    {
        LogRecorder log = new(LogLevel.Warning);
        await using Fleet fleet = await StartAsync(configure: options => options.LoggerFactory = log);
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions { Policy = RpcCallPolicy.Failsafe });
        Assert.Null(await ping.DoAsync());
        Assert.Contains(log.Lines, static line => line.Contains("Tests.Ping/Do failed", StringComparison.Ordinal));
        foreach (Ping service in fleet.Services.Values) service.Doing = static _ => new("well");
        Assert.Equal("well", await ping.DoAsync());
    }

    [Fact]
    public async Task Failback_GivesNothing_AndRepeatsTheCallWithItsHeadersUntilItSucceeds()
    {
        await using Fleet fleet = await StartAsync(["a"]);
        Ping service = fleet.Services["a"];
        TaskCompletionSource<string?> header = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int attempts = 0;
        service.Doing = stop =>
        {
            if (Interlocked.Increment(ref attempts) <= 2) return Abort(stop);
            header.TrySetResult(RpcContext.Current!.RequestHeaders["tenant"]);
            return new("late");
        };
        BackoffPolicy soon = new() { Initial = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(10) };
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions
        {
            Policy = RpcCallPolicy.Failback with { RetryCodes = [RpcStatusCode.Aborted], Backoff = soon },
        });
        using (RpcCallScope.Begin(new RpcCallOptions { Headers = { ["tenant"] = "acme" } })) Assert.Null(await ping.DoAsync());
        Assert.Equal("acme", await Eventually.Done(header.Task));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task C60_ForkingGivesTheFirstSuccess_NotTheFirstAnswer_AndCancelsTheOthers()
    {
        await using Fleet fleet = await StartAsync(["failing", "slow"], RpcCallPolicy.Forking);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fleet.Services["failing"].Doing = stop =>
        {
            go.TrySetResult();
            return Abort(stop);
        };
        fleet.Services["slow"].Doing = async _ =>
        {
            await go.Task;
            await Task.Delay(20);
            return "slow";
        };
        Assert.Equal("slow", await Eventually.Done(fleet.Client.Get<IPing>().DoAsync().AsTask()));

        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fleet.Services["failing"].Doing = async stop =>
        {
            await using CancellationTokenRegistration registration = stop.Register(() => cancelled.TrySetResult());
            return await ForEverAsync(stop);
        };
        Assert.Equal("slow", await Eventually.Done(fleet.Client.Get<IPing>().DoAsync().AsTask()));
        await Eventually.Done(cancelled.Task);

        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await fleet.Client.Get<IPing>().DoAsync());
        Assert.Equal(RpcStatusCode.Aborted, error.Code);
    }

    [Fact]
    public async Task C60_ForkingToOneDeadServerAloneGivesATypedError()
    {
        await using Fleet fleet = new(static options =>
        {
            options.ConnectTimeout = TimeSpan.FromMilliseconds(200);
            options.Policies.Set<IPing>(RpcCallPolicy.Forking, "Do");
        });
        await fleet.Registry.RegisterAsync(new ServiceRecord("Tests.Ping") { Nodes = [new ServiceNode("dead", "tcp://127.0.0.1:1")] });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Eventually.Done(fleet.Client.Get<IPing>().DoAsync().AsTask()));
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
    }

    [Fact]
    public async Task Broadcast_ReachesEveryServer_AndNamesThoseThatFail()
    {
        await using Fleet fleet = await StartAsync(["a", "b", "c"]);
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions { Policy = RpcCallPolicy.Broadcast });
        int[] before = [.. fleet.Services.Values.Select(static service => service.Calls)];
        await ping.ActAsync();
        Assert.Equal([1, 1, 1], fleet.Services.Values.Select((service, i) => service.Calls - before[i]));

        fleet.Services["b"].Doing = Abort;
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await ping.DoAsync());
        Assert.Equal(RpcStatusCode.Aborted, error.Code);
        Assert.Contains("failed at 1 of 3 servers", error.Message, StringComparison.Ordinal);
        Assert.Contains("no, try again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BroadcastAsync_GathersWhatEachServerAnswers()
    {
        await using Fleet fleet = await StartAsync(["a", "b", "c"]);
        fleet.Services["b"].Doing = Abort;
        IReadOnlyList<RpcNodeResult<string?>> results = await fleet.Client.BroadcastAsync((IPing ping, CancellationToken stop) => ping.DoAsync(stop));
        Assert.Equal(["a", "b", "c"], results.Select(static one => one.Instance!.Node.Id).Order());
        foreach (RpcNodeResult<string?> one in results)
        {
            bool isB = one.Instance!.Node.Id == "b";
            Assert.Equal(!isB, one.IsSuccess);
            if (!isB) Assert.Equal(one.Instance.Node.Id, one.Value);
            else Assert.Equal(RpcStatusCode.Aborted, Assert.IsType<RpcException>(one.Error).Code);
        }
    }

    [Fact]
    public async Task Available_DoesNotWaitForAConnection()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        IPing ping = fleet.Client.Get<IPing>(new RpcCallOptions { Policy = RpcCallPolicy.Available });
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await ping.WhoAsync());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("does not wait", error.Message, StringComparison.Ordinal);
        await fleet.ReachesAsync("a");
        Assert.Equal("a", await ping.WhoAsync());
    }

    [Fact]
    public async Task ZoneAware_PrefersTheOwnZone_AndGoesElsewhereWhenNobodyIsLeftThere()
    {
        await using Fleet fleet = new(static options =>
        {
            options.Zone = "near";
            options.Policy = RpcCallPolicy.ZoneAware;
        });
        RpcServer near = await fleet.StartAsync("near", static options => options.Registration.Zone = "near");
        await fleet.StartAsync("far", static options => options.Registration.Zone = "far");
        IPing ping = fleet.Client.Get<IPing>();
        await AnswersAsync(async () => await ping.WhoAsync(), "near");
        for (int i = 0; i < 50; i++) Assert.Equal("near", await ping.WhoAsync());
        await near.StopAsync();
        for (int i = 0; i < 10; i++) Assert.Equal("far", await Eventually.Done(ping.WhoAsync().AsTask()));
    }

    [Fact]
    public async Task Hedging_AsksAnotherServer_WhenOneDoesNotAnswer_AndCancelsTheSlowOne()
    {
        await using Fleet fleet = await StartAsync(["slow", "fast"], RpcCallPolicy.Default with { Hedge = HedgePolicy.After(TimeSpan.FromMilliseconds(10)), Budget = null });
        int cancelled = 0;
        fleet.Services["slow"].Doing = async stop =>
        {
            await using CancellationTokenRegistration registration = stop.Register(() => Interlocked.Increment(ref cancelled));
            return await ForEverAsync(stop);
        };
        IPing ping = fleet.Client.Get<IPing>();
        int before = fleet.Services["slow"].Calls;
        while (fleet.Services["slow"].Calls == before) Assert.Equal("fast", await Eventually.Done(ping.DoAsync().AsTask()));
        await Eventually.Is(() => Volatile.Read(ref cancelled) == fleet.Services["slow"].Calls - before, "the slow ones are cancelled");
    }

    [Fact]
    public async Task Hedging_StaysWithinTheBudget()
    {
        RetryBudgetPolicy none = new() { Ratio = 0, MinPerSecond = 0 };
        await using Fleet fleet = await StartAsync(
            ["a", "b"], RpcCallPolicy.Default with { Hedge = HedgePolicy.After(TimeSpan.Zero), Budget = none });
        int before = CallsOf(fleet);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (Ping service in fleet.Services.Values) service.Doing = async _ =>
        {
            await go.Task;
            return "late";
        };
        Task<string?> call = fleet.Client.Get<IPing>().DoAsync().AsTask();
        await Eventually.Is(() => CallsOf(fleet) == before + 1, "it is asked once");
        await Task.Delay(50);
        Assert.Equal(before + 1, CallsOf(fleet));
        go.SetResult();
        Assert.Equal("late", await Eventually.Done(call));
    }

    [Fact]
    public async Task ARetryStormStaysBelowOnePointTwoTimesTheOfferedLoad()
    {
        await using Fleet fleet = await StartAsync(
            ["a", "b", "c"],
            RpcCallPolicy.Default with { RetryCodes = [RpcStatusCode.Aborted], Backoff = BackoffPolicy.None, Retries = 5 },
            options => options.Selection.Ejection.ConsecutiveFailures = 0);
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        int before = CallsOf(fleet);
        const int Calls = 20_000;
        IPing ping = fleet.Client.Get<IPing>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Calls / 8; i++) await Assert.ThrowsAsync<RpcException>(async () => await ping.DoAsync());
        })));
        int served = CallsOf(fleet) - before;
        Assert.InRange(served, Calls, Calls * 1.2);
    }

    [Fact]
    public async Task AServerThatFailsIsEjected_AndReturnsWhenItSaysThatItIsWell()
    {
        await using Fleet fleet = new(static options =>
        {
            options.ProbeHealth = true;
            options.Selection.Probes.Interval = TimeSpan.FromMilliseconds(20);
            options.Selection.Balancer = static () => new RoundRobinBalancer();
        });
        foreach (string name in (string[])["a", "c"]) await fleet.StartAsync(name);

        // One that is registered by hand: by itself a server that is not well leaves the registry.
        Ping service = new("b") { Doing = static _ => throw new InvalidOperationException("broken") };
        await using RpcServer broken = new RpcServer(new RpcServerOptions { GoAwayGrace = TimeSpan.Zero }.Listen("tcp://127.0.0.1:0")).AddService<IPing>(service);
        await broken.StartAsync();
        broken.Health.SetStatus<IPing>(ServingStatus.NotServing);
        await fleet.Registry.RegisterAsync(new ServiceRecord("Tests.Ping") { Nodes = [new ServiceNode("b", broken.Addresses[0].ToString())] });
        await fleet.ReachesAsync("a", "b", "c");
        IPing ping = fleet.Client.Get<IPing>();
        int failures = 0;
        for (int i = 0; i < 300; i++)
        {
            try
            {
                await ping.DoAsync();
            }
            catch (RpcException)
            {
                failures++;
            }
        }

        Assert.Equal(3, failures);
        service.Doing = static _ => new("b");
        broken.Health.SetStatus<IPing>(ServingStatus.Serving);
        await AnswersAsync(async () => await ping.DoAsync(), "b"); // Long before its 30 s are over.
    }

    [Fact]
    public async Task ThatAOneWayCallWasWrittenSaysNothingAboutItsServer()
    {
        Spy spy = new();
        await using Fleet fleet = await StartAsync(["a"], configure: options => options.Selection.Balancer = () => spy);
        IPing ping = fleet.Client.Get<IPing>();
        await ping.ActAsync();
        NodeState node = spy.Last!;
        double before = node.Latency;
        Assert.True(before > 0);
        for (int i = 0; i < 10; i++)
        {
            await Task.Delay(1); // More than the average's clock needs to tell two calls apart.
            await ping.TellAsync(i);
        }

        Assert.Equal(before, node.Latency);
        Assert.Equal(0, node.InFlight);
    }

    [Fact]
    public async Task ACircuitBreakerKeepsOneMethodAwayFromAServer_AndNoOther()
    {
        await using Fleet fleet = await StartAsync(
            ["a", "b"],
            configure: static options =>
            {
                options.CircuitBreaker = new CircuitBreakerOptions();
                options.Selection.Ejection.ConsecutiveFailures = 0;
                options.Selection.Balancer = static () => new RoundRobinBalancer();
            });
        fleet.Services["b"].Doing = static _ => throw new InvalidOperationException("broken");
        IPing ping = fleet.Client.Get<IPing>();
        int failures = 0;
        for (int i = 0; i < 200; i++)
        {
            try
            {
                await ping.DoAsync();
            }
            catch (RpcException)
            {
                failures++;
            }
        }

        Assert.InRange(failures, 1, 20);

        // Streams find their way around it, too.
        fleet.Services["b"].Streaming = static () => throw new InvalidOperationException("broken");
        failures = 0;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                await foreach (string item in ping.CountAsync(1)) Assert.Equal("a 0", item);
                Assert.Equal("a 0", await ping.SumAsync(None()));
            }
            catch (RpcException)
            {
                failures++;
            }
        }

        Assert.InRange(failures, 1, 20);
        HashSet<string> who = [];
        for (int i = 0; i < 20; i++) who.Add(await ping.WhoAsync());
        Assert.Equal(["a", "b"], who.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C44_CallsWithOneKeyGoToOneServer_AndOnlyTheKeysOfAServerThatLeavesMove(bool byHeader)
    {
        await using Fleet fleet = await StartAsync(
            ["a", "b", "c"],
            configure: options =>
            {
                options.Selection.Balancer = static () => new ConsistentHashBalancer();
                options.KeyHeader = "tenant";
            });
        IPing ping = fleet.Client.Get<IPing>();
        string[] before = await WhoAsync();
        Assert.Equal(before, await WhoAsync());
        Assert.Equal(["a", "b", "c"], before.Distinct().Order());
        await fleet.ServerOf("b").StopAsync();
        string[] after = await WhoAsync();
        Assert.All(before.Zip(after), static both => Assert.True(both.First == "b" ? both.Second != "b" : both.First == both.Second, $"{both}"));

        async Task<string[]> WhoAsync()
        {
            string[] servers = new string[50];
            for (int i = 0; i < servers.Length; i++)
            {
                using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["tenant"] = byHeader ? $"{i}" : "one for all" } });
                servers[i] = byHeader ? await ping.WhoAsync() : await ping.KeyedAsync($"{i}");
            }

            return servers;
        }
    }

    [Fact]
    public async Task APolicyOfAScopeGoesBeforeAllOthers()
    {
        await using Fleet fleet = await StartAsync(policy: RpcCallPolicy.Failsafe);
        foreach (Ping service in fleet.Services.Values) service.Doing = Abort;
        IPing ping = fleet.Client.Get<IPing>();
        Assert.Null(await ping.DoAsync());
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Policy = RpcCallPolicy.Failfast });
        await Assert.ThrowsAsync<RpcException>(async () => await ping.DoAsync());
    }

    /// <summary>Starts servers, with a client that knows them all. The policy is that of <see cref="IPing.DoAsync"/>.</summary>
    private static async Task<Fleet> StartAsync(
        string[]? names = null, RpcCallPolicy? policy = null, Action<RpcClientOptions>? configure = null)
    {
        Fleet fleet = new(options =>
        {
            if (policy is not null) options.Policies.Set<IPing>(policy, "Do");
            configure?.Invoke(options);
        });
        names ??= ["a", "b"];
        foreach (string name in names) await fleet.StartAsync(name);
        await fleet.ReachesAsync(names);
        return fleet;
    }

    private static async Task AnswersAsync(Func<Task<string?>> call, string wanted)
    {
        string? answer = null;
        for (int attempt = 0; answer != wanted; attempt++)
        {
            Assert.True(attempt < 4000, $"{wanted} does not answer, but {answer ?? "nobody"}.");
            answer = await Eventually.Done(call());
            if (answer != wanted) await Task.Delay(5);
        }
    }

    private static async IAsyncEnumerable<int> None()
    {
        await Task.Yield();
        yield break;
    }

    private sealed class Spy : IBalancer
    {
        public NodeState? Last { get; private set; }

        public string Name => "spy";

        public int Pick(NodeSet nodes, in PickRequest request)
        {
            Last = nodes[0];
            return 0;
        }
    }

    private static int CallsOf(Fleet fleet) => fleet.Services.Values.Sum(static service => Volatile.Read(ref service.Calls));

    private static ValueTask<string?> Abort(CancellationToken cancellationToken) => throw new RpcException(RpcStatusCode.Aborted, "no, try again");

    private static async ValueTask<string?> ForEverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return null;
    }
}
