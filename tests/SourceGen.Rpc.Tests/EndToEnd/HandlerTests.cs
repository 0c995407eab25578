using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>What handlers, and code that waits for calls, may do without harm to other calls.</summary>
[Collection(nameof(Alone))]
public sealed class HandlerTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task C55_AnUndeclaredException_ReachesTheCallerAsANumberThatStandsInTheLog()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("fail", static _ => throw new InvalidOperationException("the password is 1234"));
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail").Soon());
        Assert.Equal((RpcStatusCode.Unknown, RpcCallProgress.Answered), (error.Code, error.Progress));
        Assert.DoesNotContain("1234", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Id);
        Assert.Contains("the password is 1234", await host.Log.WaitForAsync(error.Id), StringComparison.Ordinal);
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
    }

    [Fact]
    public async Task C55_WithDetailsEnabled_TheCallerSeesThem()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.IncludeExceptionDetails = true);
        host.Lab.On("fail", static _ => throw new InvalidOperationException("the lamp is broken"));
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail").Soon());
        Assert.Contains("InvalidOperationException: the lamp is broken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExceptionsWhoseTextThrowsOrIsMissing_AreAnswered()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.IncludeExceptionDetails = true);
        host.Lab.On("throws", static _ => throw new HostileException());
        host.Lab.On("null", static _ => throw new SilentRpcException());
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("throws").Soon());
        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("null").Soon());
        Assert.Equal(RpcStatusCode.NotFound, error.Code);
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
    }

    [Fact]
    public async Task ALogProviderThatThrows_HarmsNobody()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("fail", static _ => throw new InvalidOperationException());
        ILab lab = await host.GetAsync();
        host.Log.Failure = new InvalidOperationException("the disk is full");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail").Soon());
        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        host.Log.Failure = null;
    }

    [Fact]
    public async Task ABlockedHandler_HoldsUpNoOtherCall()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("block", _ =>
        {
            gate.Pass();
            return new(1);
        });
        ILab lab = await host.GetAsync();
        Task<int> blocked = lab.RunAsync("block").AsTask();
        Task<int>[] beside = [.. Enumerable.Range(0, 20).Select(i => lab.AddAsync(i, 1).AsTask())];
        await gate.Reached;
        for (int i = 0; i < beside.Length; i++) Assert.Equal(i + 1, await beside[i].Soon());
        for (int i = 0; i < 200; i++) Assert.Equal(i, await lab.AddAsync(i, 0).Soon());
        Assert.False(blocked.IsCompleted);
        gate.Open();
        Assert.Equal(1, await blocked.Soon());
    }

    [Fact]
    public async Task HandlersThatBlockManyThreads_HoldUpNoOtherCall()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("block", _ =>
        {
            gate.Pass();
            return new(1);
        });
        ILab lab = await host.GetAsync();
        int count = Math.Max(24, ThreadPool.ThreadCount * 2);
        Task<int>[] blocked = [.. Enumerable.Range(0, count).Select(_ => lab.RunAsync("block").AsTask())];
        await Until.TrueAsync(() => gate.Count == count, () => $"{gate.Count} of {count} handlers run");
        for (int i = 0; i < 20; i++) Assert.Equal(i, await lab.AddAsync(i, 0).Soon());
        gate.Open();
        foreach (Task<int> call in blocked) Assert.Equal(1, await call.Soon());
    }

    [Fact]
    public async Task SyncOverAsync_InAContinuation_DoesNotHang()
    {
        await using LabHost host = await LabHost.StartAsync();
        ILab lab = await host.GetAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await Task.Yield();
            Assert.Equal(i, await lab.AddAsync(i, 0));

            // Now on the thread that drains the connection, with the request corked.
#pragma warning disable xUnit1031, SGR0075 // Blocking is the point.
            Assert.Equal(i + 1, lab.AddAsync(i, 1).AsTask().GetAwaiter().GetResult());
            Assert.Equal(i + 2, lab.AddAsync(i, 2).AsTask().GetAwaiter().GetResult());
#pragma warning restore xUnit1031, SGR0075
        })).Soon();
    }

    [Fact]
    public async Task SyncOverAsync_InAHandlerThatCallsItsOwnServer_DoesNotHang()
    {
        await using LabHost host = await LabHost.StartAsync();
        ILab lab = await host.GetAsync();
#pragma warning disable xUnit1031, SGR0075 // Blocking is the point.
        host.Lab.On("call back", _ => new(lab.AddAsync(20, 22).AsTask().GetAwaiter().GetResult()));
#pragma warning restore xUnit1031, SGR0075
        foreach (Task<int> call in Enumerable.Range(0, 3).Select(_ => lab.RunAsync("call back").AsTask()).ToArray())
            Assert.Equal(42, await call.Soon());
    }

    [Fact]
    public async Task AnAsyncLocalOfOneHandler_IsNotSeenByTheNext()
    {
        await using LabHost host = await LabHost.StartAsync();
        int leaks = 0;
        host.Lab.On("set", _ =>
        {
            // Not async, so nothing but the engine takes the value away again.
            if (s_local.Value is not null) Interlocked.Increment(ref leaks);
            s_local.Value = "mine";
            return new(1);
        });
        ILab lab = await host.GetAsync();
        Task<int>[] calls = [.. Enumerable.Range(0, 300).Select(_ => lab.RunAsync("set").AsTask())];
        foreach (Task<int> call in calls) await call.Soon();
        Assert.Equal(0, leaks);
    }

    [Fact]
    public async Task AContinuationThatThrows_IsLoggedAndHarmsNoOtherCall()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        TestLog log = new();
        ILab lab = await host.GetAsync(options => options.LoggerFactory = log);
        host.Lab.On("first", static _ => new(1));
        await lab.RunAsync("first").Soon(); // From the second call of a method on, a call is the engine's own awaitable.
        ValueTask<int> call = lab.RunAsync("wait");
        Task<int> other = lab.RunAsync("wait").AsTask();
        ThrowWhenCompleted(call);
        gate.Open();
        Assert.Contains("careless", await log.WaitForAsync("Tests.Lab/Run threw"), StringComparison.Ordinal);
        Assert.Equal(1, await other.Soon());
        Assert.Equal(1, await call.Soon());
    }

    [Fact]
    public async Task AnEncoderThatBlocks_HoldsUpItsOwnConnectionOnly()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate encoding = new();
        using Gate handling = new();
        host.Lab.On("block", _ =>
        {
            handling.Pass();
            return new(1);
        });
        ILab stuck = await host.GetAsync();
        ILab other = await host.GetAsync();
        await stuck.AddAsync(1, 1).Soon();
        Task<Awkward> held = Task.Run(async () => await stuck.AwkwardAsync(Awkward.WhenRead(() =>
        {
            encoding.Pass();
            return 1;
        })));
        await encoding.Reached;

        // Freeing the other connection from its blocked handler takes the watchdog, which must not wait for the first one's lock.
        Task<int> blocked = other.RunAsync("block").AsTask();
        await handling.Reached;
        Assert.Equal(5, await other.AddAsync(2, 3).Soon());
        encoding.Open();
        await held.Soon();
        handling.Open();
        await blocked.Soon();
    }

    private static void ThrowWhenCompleted(ValueTask<int> call) =>
        call.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(static () => throw new InvalidOperationException("careless"));

    private sealed class HostileException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message for you");

        public override string ToString() => throw new InvalidOperationException("no text for you");
    }

    private sealed class SilentRpcException() : RpcException(RpcStatusCode.NotFound, "")
    {
        public override string Message => null!;
    }
}
