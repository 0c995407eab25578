using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Context;

/// <summary>Who decides what a call is made with: the call, then its proxy, then the contract's method, then the client.</summary>
public sealed class CallOptionsTests
{
    [Fact]
    public async Task TimeLimits_AreDecidedByTheNearest()
    {
        await using Relay relay = await StartAsync();
        IRelay proxy = relay.Client.Get<IRelay>(new RpcCallOptions { Timeout = TimeSpan.FromHours(2) });
        Assert.Equal(4, await HoursAsync(relay, relay.Proxy.RelayAsync));
        Assert.Equal(3, await HoursAsync(relay, relay.Proxy.RelayPatientlyAsync));
        Assert.Equal(2, await HoursAsync(relay, proxy.RelayPatientlyAsync));
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(1) }))
        {
            Assert.Equal(1, await HoursAsync(relay, proxy.RelayPatientlyAsync));
        }

        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(9) }))
        {
            Assert.Equal(9, await HoursAsync(relay, proxy.RelayPatientlyAsync)); // Longer, too.
        }

        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = Timeout.InfiniteTimeSpan }))
        {
            Assert.Equal(0, await HoursAsync(relay, proxy.RelayPatientlyAsync));
        }

        Assert.Equal(2, await HoursAsync(relay, proxy.RelayPatientlyAsync));
        Assert.Equal(4, await HoursAsync(relay, relay.Client.Get<IRelay>(new RpcCallOptions()).RelayAsync));
        IRelay endless = relay.Client.Get<IRelay>(new RpcCallOptions { Timeout = Timeout.InfiniteTimeSpan });
        Assert.Equal(0, await HoursAsync(relay, endless.RelayAsync));
    }

    [Fact]
    public async Task AnInnerScope_CannotOutliveAnOuterOne()
    {
        await using Relay relay = await StartAsync();
        using RpcCallScope outer = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(2) });
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(1) }))
        {
            Assert.Equal(1, await HoursAsync(relay, relay.Proxy.RelayAsync));
        }

        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromHours(3) }))
        {
            Assert.Equal(2, await HoursAsync(relay, relay.Proxy.RelayAsync));
        }

        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = Timeout.InfiniteTimeSpan }))
        {
            Assert.Equal(2, await HoursAsync(relay, relay.Proxy.RelayAsync));
        }

        using (RpcCallScope.Begin(new RpcCallOptions()))
        {
            Assert.Equal(2, await HoursAsync(relay, relay.Proxy.RelayAsync));
        }
    }

    [Fact]
    public async Task Headers_AreDecidedByTheNearest_NameByName()
    {
        await using Relay relay = await Relay.StartAsync(client: options =>
        {
            foreach (string name in (string[])["a", "b", "c", "d"]) options.Headers[name] = "client";
        });
        relay.On("seen", static () => Task.FromResult($"{RpcContext.Current!.RequestHeaders}|{RpcContext.Current!.Baggage}"));
        RpcCallOptions options = new()
        {
            Headers = { ["B"] = "proxy", ["c"] = "proxy", ["d"] = "proxy" },
            Baggage = { ["x"] = "proxy", ["y"] = "proxy" },
        };
        IRelay proxy = relay.Client.Get<IRelay>(options);
        options.Headers["b"] = "changed too late";
        Assert.Equal("a: client\nb: client\nc: client\nd: client|", await relay.Proxy.RelayAsync("seen").Soon());
        Assert.Equal("a: client\nB: proxy\nc: proxy\nd: proxy|x: proxy\ny: proxy", await proxy.RelayAsync("seen").Soon());
        using RpcCallScope outer = RpcCallScope.Begin(new RpcCallOptions
        {
            Headers = { ["c"] = "outer", ["d"] = "outer" },
            Baggage = { ["y"] = "outer" },
        });
        using (RpcCallScope.Begin(new RpcCallOptions { Headers = { ["d"] = "inner" } }))
        {
            Assert.Equal("a: client\nB: proxy\nc: outer\nd: inner|x: proxy\ny: outer", await proxy.RelayAsync("seen").Soon());
        }

        Assert.Equal("a: client\nB: proxy\nc: outer\nd: outer|x: proxy\ny: outer", await proxy.RelayAsync("seen").Soon());
    }

    [Fact]
    public async Task TheFirstCallOfAClient_HasItsOptionsToo()
    {
        await using Relay relay = await StartAsync();
        relay.On("seen", static () => Task.FromResult(
            $"{RpcContext.Current!.RequestHeaders} {Math.Ceiling(RpcContext.Current!.RemainingTime.TotalHours)}"));
        await using RpcClient fresh = RpcClient.Create(relay.Address, LabHost.Patient());
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["a"] = "1" }, Timeout = TimeSpan.FromHours(1) });
        Assert.Equal("a: 1 1", await fresh.Get<IRelay>().RelayAsync("seen").Soon());
    }

    [Fact]
    public async Task AScopeThatIsOver_SaysNothingToTasksItFlowedInto()
    {
        await using Relay relay = await StartAsync();
        relay.On("seen", static () => Task.FromResult(RpcContext.Current!.RequestHeaders.ToString()));
        using Gate gate = new();
        using RpcCallScope outer = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["outer"] = "1" } });
        RpcCallScope inner = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["inner"] = "1" } });
        Task<string> late = Task.Run(async () =>
        {
            await gate.PassAsync();
            return await relay.Proxy.RelayAsync("seen");
        });
        inner.Dispose();
        inner.Dispose();
        gate.Open();
        Assert.Equal("outer: 1", await late.Soon());
        Assert.Equal("outer: 1", await relay.Proxy.RelayAsync("seen").Soon());
    }

    [Fact]
    public async Task ACallAfterTheTimeOfItsScope_IsNotSent()
    {
        await using Relay relay = await StartAsync();
        int runs = 0;
        relay.On("go", () => Task.FromResult($"{Interlocked.Increment(ref runs)}"));
        await relay.Proxy.RelayAsync("go").Soon();
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(1) });
        await Until.TrueAsync(() => Environment.TickCount64 > scope.Expires, () => "the clock stands still");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => relay.Proxy.RelayAsync("go").Soon());
        Assert.Equal((RpcStatusCode.DeadlineExceeded, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("Tests.Relay/Relay was not sent", error.Message, StringComparison.Ordinal);
        Assert.Contains("RpcCallScope", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task AScopeInAHandler_AddsToWhatTheHandlerInherits()
    {
        await using Relay a = await StartAsync();
        await using Relay b = await StartAsync();
        a.On("go", async () =>
        {
            RpcCallOptions more = new() { Timeout = TimeSpan.FromHours(3), Baggage = { ["added"] = "1" } };
            using RpcCallScope scope = RpcCallScope.Begin(more);
            Assert.Equal("Tests.Relay/Relay", RpcContext.Current!.Method);
            return await b.Proxy.RelayAsync("seen");
        });
        b.On("seen", static () => Task.FromResult(
            $"{RpcContext.Current!.Baggage.ToString().Replace('\n', ' ')} {Math.Ceiling(RpcContext.Current!.RemainingTime.TotalHours)}"));
        RpcCallOptions options = new() { Timeout = TimeSpan.FromHours(2), Baggage = { ["given"] = "1" } };
        using RpcCallScope outer = RpcCallScope.Begin(options);
        Assert.Equal("given: 1 added: 1 2", await a.Proxy.RelayAsync("go").Soon());
    }

    [Fact]
    public async Task WithoutFlow_OnlyCallsWithHeadersHaveAContext()
    {
        await using Relay relay = await Relay.StartAsync(server: options => options.FlowContext = false);
        relay.On("seen", static async () =>
        {
            bool atFirst = RpcContext.Current is not null;
            await Task.Yield();
            return $"{atFirst} {RpcContext.Current?.RequestHeaders}";
        });
        Assert.Equal("False ", await relay.Proxy.RelayAsync("seen").Soon());
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["a"] = "1" } });
        Assert.Equal("True a: 1", await relay.Proxy.RelayAsync("seen").Soon());
    }

    private static Task<Relay> StartAsync() => Relay.StartAsync(client: options => options.CallTimeout = TimeSpan.FromHours(4));

    /// <summary>What the handler is told, in whole hours; 0 for no limit.</summary>
    private static async Task<int> HoursAsync(Relay relay, Func<string, Task<string>> call)
    {
        relay.On("hours", static () => Task.FromResult($"{Math.Ceiling(RpcContext.Current!.RemainingTime.TotalHours)}"));
        return int.Parse(await call("hours").Soon());
    }
}
