using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Dynamic;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Discovery.Tests.Client;

public sealed class DiscoveredClientTests
{
    [Fact]
    public async Task CallsGoToAllServersInTurn()
    {
        await using Fleet fleet = new(static options => options.Selection.Balancer = static () => new WeightedRoundRobinBalancer());
        foreach (string name in (string[])["a", "b", "c"]) await fleet.StartAsync(name);
        await fleet.ReachesAsync("a", "b", "c");
        IPing ping = fleet.Client.Get<IPing>();
        Dictionary<string, int> answers = [];
        for (int i = 0; i < 300; i++)
        {
            string who = await ping.WhoAsync();
            answers[who] = answers.GetValueOrDefault(who) + 1;
        }

        Assert.All(answers.Values, static count => Assert.Equal(100, count));
        Assert.True(fleet.Client.IsConnected);
        Assert.Null(fleet.Client.Address);
    }

    [Fact]
    public async Task C42_ServersAreCalledAsOftenAsTheirWeightsSay_AlsoWhenTheseChange()
    {
        await using Fleet fleet = new(static options => options.Selection.Balancer = static () => new WeightedRoundRobinBalancer());
        foreach ((string name, int weight) in ((string, int)[])[("light", 50), ("usual", 100), ("heavy", 150)])
        {
            await fleet.StartAsync(name, options => options.Registration.Weight = weight);
        }

        await fleet.ReachesAsync("light", "usual", "heavy");
        Assert.Equal((100, 200, 300), await SharesAsync());

        ServiceRecord light = fleet.Registry.Records.Single(static record => record.Name == "Tests.Ping");
        ServiceNode node = light.Nodes.Single(static node => node.Id == "light");
        await fleet.Registry.RegisterAsync(light with { Nodes = [node with { Metadata = node.Metadata.With("weight", "350") }] });
        await Eventually.Is(
            () => fleet.Directory.TryGet("Tests.Ping", out ServiceSnapshot? now) && now.Instances.Any(static one => one.Node.Weight == 350),
            "the change is known");
        await Eventually.Is(() => SharesAsync().GetAwaiter().GetResult() == (350, 100, 150), "it is followed");

        async Task<(int Light, int Usual, int Heavy)> SharesAsync()
        {
            IPing ping = fleet.Client.Get<IPing>();
            Dictionary<string, int> calls = [];
            for (int i = 0; i < 600; i++)
            {
                string who = await ping.WhoAsync();
                calls[who] = calls.GetValueOrDefault(who) + 1;
            }

            return (calls["light"], calls["usual"], calls["heavy"]);
        }
    }

    [Fact]
    public async Task TheFirstCallMayComeBeforeTheFirstServer()
    {
        await using Fleet fleet = new();
        ValueTask<string> call = fleet.Client.Get<IPing>().WhoAsync();
        await fleet.StartAsync("late");
        Assert.Equal("late", await call);
    }

    [Fact]
    public async Task ADirectoryThatIsDisposedIsAnErrorOfTheCall()
    {
        await using Fleet fleet = new();
        await fleet.Directory.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => Eventually.Done(fleet.Client.Get<IPing>().WhoAsync().AsTask()));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        Assert.Contains("could not be looked up", error.Message);
        Assert.IsType<ObjectDisposedException>(error.InnerException);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ADirectoryOfSomebodysThatFailsIsAnErrorOfEachCallAndAskedOnceForIt(bool isCancelled)
    {
        FailingDirectory directory = new(isCancelled ? new OperationCanceledException() : new InvalidOperationException("Nobody is at home."));
        await using RpcClient client = RpcClient.Create(new RpcClientOptions { Directory = directory });
        for (int call = 1; call <= 3; call++)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => Eventually.Done(client.Get<IPing>().WhoAsync().AsTask()));
            Assert.Equal(RpcStatusCode.Unavailable, error.Code);
            Assert.Contains(isCancelled ? "gave up" : "Nobody is at home.", error.Message);
            Assert.Equal(call, directory.Subscriptions);
        }
    }

    [Fact]
    public async Task AServerThatComesIsCalledAndOneThatLeavesIsNot()
    {
        await using Fleet fleet = new();
        RpcServer first = await fleet.StartAsync("a");
        await fleet.ReachesAsync("a");
        await fleet.StartAsync("b");
        await fleet.ReachesAsync("a", "b");
        await first.StopAsync();
        IPing ping = fleet.Client.Get<IPing>();
        for (int i = 0; i < 100; i++) Assert.Equal("b", await ping.WhoAsync());
    }

    [Fact]
    public async Task C58_CallsInFlightFinishAtAServerThatLeaves()
    {
        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        Task<string> call = fleet.Client.Get<IPing>().WaitOnceAsync().AsTask();
        await Eventually.Done(fleet.Services["a"].Entered.Task);
        Task stopping = server.StopAsync();
        await Eventually.Is(() => fleet.Registry.Records.IsEmpty, "it is deregistered while the call still runs");
        Assert.False(call.IsCompleted);
        fleet.Services["a"].Gate.SetResult();
        Assert.Equal("a", await Eventually.Done(call));
        await Eventually.Done(stopping);
    }

    [Fact]
    public async Task C50_ACallThatWaitsForRoomAtAServerThatDiesGoesToAnotherOne()
    {
        await using Fleet fleet = new();
        RpcServerOptions options = new RpcServerOptions { DrainTimeout = TimeSpan.Zero }.Listen("tcp://127.0.0.1:0");
        options.Limits.MaxConcurrentCalls = 1;
        Ping full = new("full");
        await using RpcServer server = new RpcServer(options).AddService<IPing>(full);
        await server.StartAsync();

        // Not by itself: it stays registered when it dies, as one that is killed does.
        await fleet.Registry.RegisterAsync(
            new ServiceRecord("Tests.Ping") { Nodes = [new ServiceNode("full", server.Addresses[0].ToString())] });
        IPing ping = fleet.Client.Get<IPing>();
        Task<string> running = ping.WaitOnceAsync().AsTask();
        await Eventually.Done(full.Entered.Task);
        Task<string>[] waiting = [.. Enumerable.Range(0, 10).Select(_ => ping.WhoAsync().AsTask())];
        await fleet.StartAsync("other");
        Assert.All(waiting, static call => Assert.False(call.IsCompleted));
        await server.StopAsync(new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<RpcException>(() => Eventually.Done(running));
        Assert.All(await Eventually.Done(Task.WhenAll(waiting)), static answer => Assert.Equal("other", answer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C50_ACallThatWasLostIsRepeatedElsewhereOnlyIfItMayRunTwice(bool isIdempotent)
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a", static options => options.DrainTimeout = TimeSpan.Zero);
        await fleet.StartAsync("b", static options => options.DrainTimeout = TimeSpan.Zero);
        await fleet.ReachesAsync("a", "b");
        IPing ping = fleet.Client.Get<IPing>();
        Task<string> call = (isIdempotent ? ping.WaitAsync() : ping.WaitOnceAsync()).AsTask();
        await Eventually.Done(Task.WhenAny(fleet.Services.Values.Select(static service => service.Entered.Task)));
        (string lost, Ping victim) = fleet.Services.First(static entry => entry.Value.Entered.Task.IsCompleted);
        string other = lost == "a" ? "b" : "a";
        fleet.Services[other].Gate.SetResult();
        await fleet.KillAsync(lost);
        if (isIdempotent)
        {
            Assert.Equal(other, await Eventually.Done(call));
        }
        else
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => Eventually.Done(call));
            Assert.Equal(RpcCallProgress.Unknown, error.Progress);
            Assert.False(fleet.Services[other].Entered.Task.IsCompleted);
        }
    }

    [Fact]
    public async Task C50_CallsOfAllKindsThatWereNeverSentGoToAnotherServer()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        await fleet.ReachesAsync("a");
        await fleet.Registry.RegisterAsync(new ServiceRecord("Tests.Ping") { Nodes = [new ServiceNode("dead", "tcp://127.0.0.1:1")] });
        await Eventually.Is(
            () => fleet.Directory.TryGet("Tests.Ping", out ServiceSnapshot? now) && now.Instances.Length == 2, "the dead server is known");
        IPing ping = fleet.Client.Get<IPing>();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("a", await ping.WhoAsync());
            await ping.ActAsync();
            await ping.TellAsync(i);
            Assert.Equal(["a 0", "a 1"], await ToListAsync(ping.CountAsync(2)));
            Assert.Equal("a 6", await ping.SumAsync(Numbers(4)));
            await ping.PutAsync(Numbers(4));
            Assert.Equal(["a 0", "a 1", "a 2"], await ToListAsync(ping.EchoAsync(Numbers(3))));
        }
    }

    [Fact]
    public async Task AServerThatIsFullSendsCallsElsewhere()
    {
        // Those that are refused while only one server is known would use the budget up.
        await using Fleet fleet = new(static options => options.Policy = new RpcCallPolicy { Budget = null });
        await fleet.StartAsync("full", static options => options.MaxTotalConcurrentCalls = 1);
        await fleet.ReachesAsync("full");
        Task<string> occupying = fleet.Client.Get<IPing>().WaitAsync().AsTask();
        await Eventually.Done(fleet.Services["full"].Entered.Task);
        await fleet.StartAsync("free");
        IPing ping = fleet.Client.Get<IPing>();
        await Eventually.Is(
            () => fleet.Directory.TryGet("Tests.Ping", out ServiceSnapshot? now) && now.Instances.Length == 2, "both servers are known");
        await AnswersAsync(ping, "free");
        for (int i = 0; i < 20; i++) Assert.Equal("free", await ping.WhoAsync());
        fleet.Services["full"].Gate.SetResult();
        Assert.Equal("full", await Eventually.Done(occupying));
    }

    [Fact]
    public async Task C36_UnknownServiceUnreachableServersAndASilentRegistryAreThreeErrors()
    {
        await using Fleet fleet = new(static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        IPing ping = fleet.Client.Get<IPing>();
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () => await ping.WhoAsync());
        Assert.Equal((RpcStatusCode.NotFound, RpcCallProgress.NotSent), (unknown.Code, unknown.Progress));
        Assert.Contains("Tests.Ping/Who", unknown.Message);

        await fleet.Registry.RegisterAsync(new ServiceRecord("Tests.Ping") { Nodes = [new ServiceNode("dead", "tcp://127.0.0.1:1")] });
        RpcException unreachable = await Assert.ThrowsAsync<RpcException>(async () => await ping.WhoAsync());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (unreachable.Code, unreachable.Progress));
        Assert.Contains("none of the 1 servers of Tests.Ping", unreachable.Message);
        Assert.Contains("tcp://127.0.0.1:1", unreachable.Message);

        await using Fleet silent = new(static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        silent.Registry.Fail("it was never there");
        RpcException lost = await Assert.ThrowsAsync<RpcException>(async () => await silent.Client.Get<IPing>().WhoAsync());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (lost.Code, lost.Progress));
        Assert.Contains("it was never there", lost.Message);
    }

    [Fact]
    public async Task WaitingForAServerEndsWithTheCallsOwnLimitOrToken()
    {
        await using Fleet fleet = new();
        IPing ping = fleet.Client.Get<IPing>();
        await Assert.ThrowsAsync<RpcException>(async () => await ping.ShortAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4)));
        using CancellationTokenSource source = new();
        Task<string> call = ping.WhoAsync(source.Token).AsTask();
        source.Cancel();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Done(call));
        Assert.Equal(source.Token, cancelled.CancellationToken);
        IAsyncEnumerator<string> items = ping.CountAsync(1).GetAsyncEnumerator(source.Token);
        cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await items.MoveNextAsync());
        Assert.Equal(source.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task AMisspelledNodeIsLeftOut()
    {
        await using Fleet fleet = new();
        await fleet.Registry.RegisterAsync(new ServiceRecord("Tests.Ping")
        {
            Nodes = [new ServiceNode("odd", "carrier-pigeon://roof"), new ServiceNode("odder", "tcp://nowhere")],
        });
        await fleet.StartAsync("a");
        for (int i = 0; i < 10; i++) Assert.Equal("a", await fleet.Client.Get<IPing>().WhoAsync());
    }

    [Fact]
    public async Task AServerWithoutWeightIsCalledOnlyWhenThereIsNoOther()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("spare", static options => options.Registration.Weight = 0);
        await fleet.ReachesAsync("spare");
        RpcServer usual = await fleet.StartAsync("usual");
        await fleet.ReachesAsync("usual");
        await usual.StopAsync();
        await fleet.ReachesAsync("spare");
    }

    [Fact]
    public async Task GroupsAreKeptApart()
    {
        await using Fleet fleet = new(static options => options.Group = "blue");
        await fleet.StartAsync("green", static options => options.Registration.Group = "green");
        await fleet.StartAsync("blue", static options => options.Registration.Group = "blue");
        for (int i = 0; i < 10; i++) Assert.Equal("blue", await fleet.Client.Get<IPing>().WhoAsync());
    }

    [Fact]
    public async Task ACallOfAClientThatIsDisposedSaysSo()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        IPing ping = fleet.Client.Get<IPing>();
        Assert.Equal("a", await ping.WhoAsync());
        await fleet.Client.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await ping.WhoAsync());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("the client is disposed", error.Message);
        error = await Assert.ThrowsAsync<RpcException>(async () => await ping.CountAsync(1).GetAsyncEnumerator().MoveNextAsync());
        Assert.Contains("the client is disposed", error.Message);
    }

    [Fact]
    public async Task FiltersRunOnceAroundACallHoweverOftenItIsSent()
    {
        CountingFilter filter = new();
        await using Fleet fleet = new(options => options.Filters.Add(filter));
        await fleet.StartAsync("a");
        await fleet.Client.Get<IPing>().WhoAsync();
        await fleet.Client.Get<IPing>(new RpcCallOptions { Timeout = TimeSpan.FromSeconds(3) }).WhoAsync();
        Assert.Equal(2, filter.Calls);
    }

    [Fact]
    public async Task TrailersOfARepeatedCallReachItsScope()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromSeconds(10) });
        Assert.Equal("a", await fleet.Client.Get<IPing>().WhoAsync()); // The first call, which waits for a server and so has a limit of its own.
    }

    [Fact]
    public async Task AGenericClientThatListsServicesNeedsOneServer()
    {
        await using Fleet fleet = new();
        await using DynamicRpcClient generic = DynamicRpcClient.Over(fleet.Client);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await generic.ListServicesAsync());
        Assert.Contains("address of one server", error.Message);
        Assert.Null(generic.Address);
    }

    /// <summary>Waits until a server is connected, before which the others may refuse.</summary>
    private static async Task AnswersAsync(IPing ping, string wanted)
    {
        string? answer = null;
        for (int attempt = 0; answer != wanted; attempt++)
        {
            Assert.True(attempt < 4000, $"{wanted} does not answer, but {answer ?? "nobody"}.");
            try
            {
                answer = await Eventually.Done(ping.WhoAsync().AsTask());
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.ResourceExhausted)
            {
                await Task.Delay(5);
            }
        }
    }

    private static async IAsyncEnumerable<int> Numbers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async Task<List<string>> ToListAsync(IAsyncEnumerable<string> items)
    {
        List<string> list = [];
        await foreach (string item in items) list.Add(item);
        return list;
    }

    private sealed class CountingFilter : IRpcClientFilter
    {
        public int Calls;

        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            Interlocked.Increment(ref Calls);
            return next(call);
        }
    }
}
