using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Context;

/// <summary>
/// What handlers and callers know of a call, and what calls inherit: A calls B calls C, and the middle ones pass nothing on by hand.
/// </summary>
public abstract class ContextConformance
{
    /// <summary>An address at which the transport chooses a free place itself.</summary>
    protected abstract string Any { get; }

    [Fact]
    public async Task C54_HeadersGoOneHop_AndBaggageAllTheWay()
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using Relay b = await Relay.StartAsync(Any);
        await using Relay c = await Relay.StartAsync(Any);
        ConcurrentDictionary<string, RpcContext?> seen = new();
        Link(a, "a", b, seen);
        Link(b, "b", c, seen);
        c.On("go", () => Note("c", seen));
        using (RpcCallScope.Begin(new RpcCallOptions { Headers = { ["token"] = "secret" }, Baggage = { ["tenant"] = "größe" } }))
        {
            Assert.Equal("done", await a.Proxy.RelayAsync("go").Soon());
        }

        Assert.Equal("token: secret", seen["a"]!.RequestHeaders.ToString());
        Assert.Empty(seen["b"]!.RequestHeaders);
        Assert.Empty(seen["c"]!.RequestHeaders);
        foreach (string place in (string[])["a", "b", "c"]) Assert.Equal("tenant: größe", seen[place]!.Baggage.ToString());
        Assert.Equal("Tests.Relay/Relay", seen["c"]!.Method);
        Assert.Equal(3, seen.Values.Distinct().Count());

        // And nothing of it stays behind: not here, and not on the connections.
        Assert.Null(RpcContext.Current);
        await a.Proxy.RelayAsync("go").Soon();
        Assert.Empty(seen["a"]!.RequestHeaders);
        Assert.Empty(seen["c"]!.Baggage);
    }

    [Fact]
    public async Task ResponseHeadersAndTrailers_ReachTheScopeOfTheCall()
    {
        await using Relay relay = await Relay.StartAsync(Any);
        relay.On("answer", async () =>
        {
            RpcContext.Current!.ResponseHeaders["served-by"] = "one";
            await Task.Yield();
            RpcContext.Current!.Trailers.Add("cost", "3");
            RpcContext.Current!.Trailers.Add("cost", "4");
            return "done";
        });
        relay.On("plain", () => Task.FromResult("done"));
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions());
        Assert.Empty(scope.Trailers);
        await relay.Proxy.RelayAsync("answer").Soon();
        Assert.Equal("served-by: one", scope.ResponseHeaders.ToString());
        Assert.Equal(["3", "4"], scope.Trailers.GetValues("cost"));
    }

    [Fact]
    public async Task Errors_HaveHeadersAndTrailersToo()
    {
        await using Relay relay = await Relay.StartAsync(Any);
        relay.On("fail", () =>
        {
            RpcContext.Current!.ResponseHeaders["served-by"] = "one";
            RpcContext.Current!.Trailers["reason"] = "stock";
            throw new RpcException(RpcStatusCode.NotFound, "no such thing");
        });
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => relay.Proxy.RelayAsync("fail").Soon());
        Assert.Equal((RpcStatusCode.NotFound, "no such thing"), (error.Code, error.Detail));
        Assert.Equal("served-by: one", scope.ResponseHeaders.ToString());
        Assert.Equal("reason: stock", scope.Trailers.ToString());
    }

    [Theory]
    [InlineData("the caller of A")]
    [InlineData("A's handler")]
    [InlineData("the connection")]
    public async Task C52_CancellingAnywhere_ReachesTheEndOfTheChain(string who)
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using Relay b = await Relay.StartAsync(Any);
        await using Relay c = await Relay.StartAsync(Any);
        using CancellationTokenSource caller = new();
        using CancellationTokenSource handler = new();
        using Gate reached = new();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        a.On("go", async () => await b.Proxy.RelayCancellableAsync("go", handler.Token));
        b.On("go", async () => await c.Proxy.RelayCancellableAsync("go")); // No token goes in here, and none was taken.
        c.On("go", async token =>
        {
            using CancellationTokenRegistration registration = token.Register(() => cancelled.TrySetResult());
            _ = reached.PassAsync();
            await Task.Delay(Timeout.Infinite, token);
            return "not reached";
        });
        await using RpcClient client = await RpcClient.ConnectAsync(a.Address, LabHost.Patient()).Soon();
        Task<string> call = client.Get<IRelay>().RelayCancellableAsync("go", caller.Token);
        await reached.Reached;
        if (who == "the caller of A") await caller.CancelAsync();
        else if (who == "A's handler") await handler.CancelAsync();
        else await client.DisposeAsync().Soon();
        await cancelled.Task.Soon();
        await Assert.ThrowsAnyAsync<Exception>(() => call.Soon());
    }

    [Fact]
    public async Task C52_TheTimeThatRemains_GoesAllTheWayAndOnlyShrinks()
    {
        await using Relay a = await Relay.StartAsync(Any, client: static options => options.CallTimeout = TimeSpan.FromHours(4));
        await using Relay b = await Relay.StartAsync(Any, client: static options => options.CallTimeout = TimeSpan.FromHours(4));
        await using Relay c = await Relay.StartAsync(Any, client: static options => options.CallTimeout = TimeSpan.FromHours(4));
        ConcurrentDictionary<string, RpcContext?> seen = new();
        Link(a, "a", b, seen);
        Link(b, "b", c, seen, patiently: true); // Its three hours do not count: an hour is all that remains.
        c.On("go", () => Note("c", seen));
        long before = Environment.TickCount64;
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(1) })) await a.Proxy.RelayAsync("go").Soon();

        // All in one process, so that their clocks are one: what is lost on the way is what the engine's coarse clock lags.
        Assert.InRange(seen["a"]!.Deadline, before, Environment.TickCount64 + 3_600_000);
        Assert.InRange(seen["b"]!.Deadline, before + 3_000_000, Environment.TickCount64 + 3_600_000);
        Assert.InRange(seen["c"]!.Deadline, before + 3_000_000, Environment.TickCount64 + 3_600_000);
        Assert.InRange(seen["c"]!.RemainingTime, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

        // A's own client has a shorter limit for calls of B than A's caller has for A.
        await using RpcClient hasty = await RpcClient.ConnectAsync(
            b.Address, LabHost.Patient(options => options.CallTimeout = TimeSpan.FromMinutes(10))).Soon();
        a.On("go", async () => await hasty.Get<IRelay>().RelayAsync("go"));
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(1) })) await a.Proxy.RelayAsync("go").Soon();
        Assert.InRange(seen["c"]!.RemainingTime, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task ADeadlineThatPasses_CancelsEveryHandlerOfTheChain()
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using Relay b = await Relay.StartAsync(Any);
        await using Relay c = await Relay.StartAsync(Any);
        TaskCompletionSource inB = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource inC = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool reached = false;
        a.On("go", async () => await b.Proxy.RelayAsync("go"));
        b.On("go", async () =>
        {
            using CancellationTokenRegistration _ = RpcContext.Current!.CancellationToken.Register(() => inB.TrySetResult());
            return await c.Proxy.RelayCancellableAsync("go");
        });
        c.On("go", async token =>
        {
            using CancellationTokenRegistration _ = token.Register(() => inC.TrySetResult());
            Assert.Equal(token, RpcContext.Current!.CancellationToken);
            reached = true;
            await Task.Delay(Timeout.Infinite, token);
            return "not reached";
        });

        // On a machine that is busy with others the time may pass before the call has come as far as C: then it gets more.
        for (TimeSpan limit = TimeSpan.FromMilliseconds(150); !Volatile.Read(ref reached) && limit < Waiting.Limit; limit *= 2)
        {
            using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = limit });
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => a.Proxy.RelayAsync("go").Soon());
            Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        }

        await inB.Task.Soon();
        await inC.Task.Soon();
        a.On("again", () => Task.FromResult("fine"));
        Assert.Equal("fine", await a.Proxy.RelayAsync("again").Soon());
    }

    [Fact]
    public async Task ConcurrentCalls_EachSeeTheirOwnContext()
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using Relay b = await Relay.StartAsync(Any);
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"call-{i}")];
        foreach (string name in names)
        {
            a.On(name, async () =>
            {
                Check(name);
                await Task.Yield();
                Check(name);
                string result = await b.Proxy.RelayAsync(name);
                Check(name);
                RpcContext.Current!.Trailers["id"] = name;
                return result;
            });
            b.On(name, () =>
            {
                Check(name);
                return Task.FromResult(name);
            });
        }

        await Task.WhenAll(names.Select(name => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Baggage = { ["id"] = name } });
                Assert.Equal(name, await a.Proxy.RelayAsync(name));
                Assert.Equal(name, scope.Trailers["id"]);
            }
        }))).Soon();

        static void Check(string name) => Assert.Equal(name, RpcContext.Current!.Baggage["id"]);
    }

    [Fact]
    public async Task ATaskThatOutlivesItsCall_SeesThatCallEnded_AndNoOther()
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using Relay b = await Relay.StartAsync(Any);
        using Gate gate = new();
        RpcContext? first = null;
        Task<RpcContext?>? later = null;
        ConcurrentDictionary<string, RpcContext?> seen = new();
        a.On("first", () =>
        {
            first = RpcContext.Current;
            CancellationToken token = first!.CancellationToken;
            later = Task.Run<RpcContext?>(async () =>
            {
                await gate.PassAsync();
                Assert.Equal(token, RpcContext.Current!.CancellationToken);
                await b.Proxy.RelayPatientlyAsync("go");
                return RpcContext.Current;
            });
            return Task.FromResult("done");
        });
        a.On("next", () => Task.FromResult("done"));
        b.On("go", () => Note("b", seen));
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMinutes(1), Baggage = { ["id"] = "first" } }))
        {
            await a.Proxy.RelayCancellableAsync("first").Soon();
        }

        using (RpcCallScope.Begin(new RpcCallOptions { Baggage = { ["id"] = "next" } }))
        {
            using CancellationTokenSource source = new();
            for (int i = 0; i < 200; i++) await a.Proxy.RelayCancellableAsync("next", source.Token).Soon();
        }

        gate.Open();
        RpcContext? found = await later!.Soon();
        Assert.Same(first, found);
        Assert.True(found!.HasEnded);
        Assert.Equal("first", found.Baggage["id"]);
        Assert.Contains(
            "the reply of Tests.Relay/RelayCancellable is sent",
            Assert.Throws<InvalidOperationException>(() => found.Trailers["late"] = "x").Message,
            StringComparison.Ordinal);
        Assert.False(found.CancellationToken.IsCancellationRequested);

        // What it calls is still about the first call, and no longer bound by that call's minute.
        Assert.Equal("first", seen["b"]!.Baggage["id"]);
        Assert.True(seen["b"]!.RemainingTime > TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task AHandlersWaitForAConnection_EndsWithItsCall()
    {
        await using Relay a = await Relay.StartAsync(Any);
        await using RpcClient nowhere = RpcClient.Create("memory://nobody-listens-here", LabHost.Patient());
        using CancellationTokenSource source = new();
        using CancellationTokenSource other = new();
        using Gate reached = new();
        TaskCompletionSource<Exception> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        a.On("go", async () =>
        {
            Task<string> call = nowhere.Get<IRelay>().RelayCancellableAsync("x", other.Token);
            _ = reached.PassAsync();
            try
            {
                return await call;
            }
            catch (Exception e)
            {
                ended.SetResult(e);
                throw;
            }
        });
        Task<string> outer = a.Proxy.RelayCancellableAsync("go", source.Token);
        await reached.Reached;
        await source.CancelAsync();
        Exception error = await ended.Task.Soon();
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer.Soon());
    }

    [Fact]
    public async Task AOneWayCall_BringsHeadersAndBaggageAndNoDeadline()
    {
        await using Relay relay = await Relay.StartAsync(Any);
        TaskCompletionSource<RpcContext> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        relay.On("note", async () =>
        {
            await Task.Yield();
            seen.SetResult(RpcContext.Current!);
            return "";
        });
        using (RpcCallScope.Begin(new RpcCallOptions { Headers = { ["h"] = "1" }, Baggage = { ["b"] = "2" } }))
        {
            await relay.Proxy.TellAsync("note").Soon();
        }

        RpcContext context = await seen.Task.Soon();
        Assert.Equal(("h: 1", "b: 2"), (context.RequestHeaders.ToString(), context.Baggage.ToString()));
        Assert.Equal(Timeout.InfiniteTimeSpan, context.RemainingTime);
    }

    [Fact]
    public async Task AContext_SaysWhereTheCallCameFrom_AndHasItemsAndNoUser()
    {
        await using Relay relay = await Relay.StartAsync(Any);
        RpcContext? seen = null;
        relay.On("go", () =>
        {
            seen = RpcContext.Current;
            seen!.Items["key"] = 5;
            return Task.FromResult($"{RpcContext.Current!.Items["key"]}");
        });
        Assert.Equal("5", await relay.Proxy.RelayAsync("go").Soon());
        Assert.Equal(RpcAddress.Parse(Any).Scheme, seen!.RemoteAddress.Scheme);
        Assert.Null(seen.User);
        Assert.EndsWith("ended", seen.ToString(), StringComparison.Ordinal);
    }

    private static void Link(Relay from, string name, Relay to, ConcurrentDictionary<string, RpcContext?> seen, bool patiently = false) =>
        from.On("go", async () =>
        {
            await Note(name, seen);
            return patiently ? await to.Proxy.RelayPatientlyAsync("go") : await to.Proxy.RelayAsync("go");
        });

    private static async Task<string> Note(string name, ConcurrentDictionary<string, RpcContext?> seen)
    {
        await Task.Yield();
        seen[name] = RpcContext.Current;
        return "done";
    }
}

public sealed class MemoryContextTests : ContextConformance
{
    protected override string Any => "memory://";
}

public sealed class TcpContextTests : ContextConformance
{
    protected override string Any => "tcp://127.0.0.1:0";
}
