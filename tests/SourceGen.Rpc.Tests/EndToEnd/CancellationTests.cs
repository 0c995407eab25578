using SourceGen.Rpc.Client;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

public sealed class CancellationTests
{
    [Fact]
    public async Task ATokenCancelledBefore_SendsNothing()
    {
        await using LabHost host = await LabHost.StartAsync();
        int runs = 0;
        host.Lab.On("count", _ => new(Interlocked.Increment(ref runs)));
        ILab lab = await host.GetAsync();
        await lab.RunAsync("count").Soon();
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => lab.RunAsync("count", source.Token).Soon());
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Equal(2, await lab.RunAsync("count").Soon());
    }

    [Fact]
    public async Task ACancelledCall_FailsAtOnceAndCancelsItsHandler()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Lab.On("wait", async token =>
        {
            await using CancellationTokenRegistration _ = token.Register(() => cancelled.TrySetResult());
            await gate.PassAsync();
            return 1;
        });
        ILab lab = await host.GetAsync();
        using CancellationTokenSource source = new();
        Task<int> call = lab.RunAsync("wait", source.Token).AsTask();
        await gate.Reached;
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.Equal(source.Token, error.CancellationToken);
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task ACancelledCall_KeepsItsSlotUntilTheHandlerEnds_AndThenItIsUsedAgain()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Limits.MaxConcurrentCalls = 1);
        using Gate gate = new();
        host.Lab.On("ignore", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        RpcClient client = await host.ConnectAsync();
        ILab lab = client.Get<ILab>();
        using CancellationTokenSource source = new();
        Task<int> call = lab.RunAsync("ignore", source.Token).AsTask();
        await gate.Reached;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());

        // The server still counts the call, so there is no room; as soon as there is, the next one gets it.
        CallTable calls = LabHost.ConnectionOf(client).Calls;
        Assert.Equal(1, calls.InFlight);
        Task<int> next = lab.AddAsync(2, 3).AsTask();
        Assert.False(next.IsCompleted);
        gate.Open();
        Assert.Equal(5, await next.Soon());
        for (int i = 0; i < 100; i++) Assert.Equal(i, await lab.AddAsync(i, 0).Soon());
        Assert.Equal(0, calls.InFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task CancellationsRacingWithReplies_EndEachCallOnceAndLoseNoSlot(int seed)
    {
        await using LabHost host = await LabHost.StartAsync();
        RpcClient client = await host.ConnectAsync();
        ILab lab = client.Get<ILab>();
        int cancelled = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            Random random = new((seed * 100) + worker);
            for (int i = 0; i < 1500; i++)
            {
                using CancellationTokenSource source = new();
                Task<int> call = lab.AddCancellableAsync(i, worker, source.Token).AsTask();
                for (int spin = random.Next(40); spin > 0; spin--) Thread.SpinWait(20);
                source.Cancel();
                try
                {
                    Assert.Equal(i + worker, await call);
                }
                catch (OperationCanceledException e)
                {
                    Assert.Equal(source.Token, e.CancellationToken);
                    Interlocked.Increment(ref cancelled);
                }
            }
        }))).Soon();
        await Until.TrueAsync(() => LabHost.ConnectionOf(client).Calls.InFlight == 0, () => "slots are taken");
        await Until.TrueAsync(() => host.Connections.Single().Running.Count == 0, () => "calls are counted as running");
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        Assert.Equal(0, host.Log.Count("broke the wire protocol"));
    }

    [Fact]
    public async Task ALargeRequestCancelledWhileItIsEncoded_DoesNotRun_AndGivesItsSlotBack()
    {
        await using LabHost host = await LabHost.StartAsync();
        int runs = 0;
        host.Lab.OnAwkward = value =>
        {
            runs++;
            return value;
        };
        RpcClient client = await host.ConnectAsync();
        ILab lab = client.Get<ILab>();
        await lab.AddAsync(1, 1).Soon();

        // Its deadline cannot pass meanwhile, and the method takes no token: the call's place in the table is cancelled from inside.
        RpcConnection connection = LabHost.ConnectionOf(client);
        Task<Awkward> call = lab.AwkwardAsync(Awkward.WhenRead(
            () =>
            {
                PendingCall expired = Assert.Single(connection.Calls.ClaimWhere(static _ => true)!);
                connection.SendCancel(expired.Id);
                expired.SetError(new OperationCanceledException());
                ThreadPool.UnsafeQueueUserWorkItem(static call => call.Run(), expired, preferLocal: false);
                return 1;
            },
            before: 500_000)).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await Until.TrueAsync(() => connection.Calls.InFlight == 0, () => "the slot is lost");
        Assert.Equal(0, runs);
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000)]
    public async Task ACallCancelledWhoseEncodingThenFails_GivesItsSlotBack(int before)
    {
        await using LabHost host = await LabHost.StartAsync();
        RpcClient client = await host.ConnectAsync();
        ILab lab = client.Get<ILab>();
        await lab.AddAsync(1, 1).Soon();
        RpcConnection connection = LabHost.ConnectionOf(client);
        Task<Awkward> call = lab.AwkwardAsync(Awkward.WhenRead(
            () =>
            {
                PendingCall expired = Assert.Single(connection.Calls.ClaimWhere(static _ => true)!);
                expired.SetError(new OperationCanceledException());
                ThreadPool.UnsafeQueueUserWorkItem(static call => call.Run(), expired, preferLocal: false);
                throw new InvalidOperationException("no value");
            },
            before)).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await Until.TrueAsync(() => connection.Calls.InFlight == 0, () => "the slot is lost");
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
    }

    [Fact]
    public async Task AMethodsOwnTimeLimit_FailsTheCallAndCancelsTheHandler()
    {
        await using LabHost host = await LabHost.StartAsync();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Lab.On("wait", async token =>
        {
            using CancellationTokenRegistration _ = token.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
            return 1;
        });
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunBrieflyAsync("wait").Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code); // The client's own word or the server's, whichever comes first.
        Assert.Contains("Tests.Lab/RunBriefly", error.Message, StringComparison.Ordinal);
        await cancelled.Task.Soon();
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
    }

    [Fact]
    public async Task ACallWhoseHandlerDoesNotListen_FailsByItsOwnClockAndSaysTheLimit()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunBrieflyAsync("wait").Soon());
        Assert.Equal((RpcStatusCode.DeadlineExceeded, RpcCallProgress.Unknown), (error.Code, error.Progress));
        Assert.Contains("Tests.Lab/RunBriefly", error.Message, StringComparison.Ordinal);
        Assert.Contains("60 ms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheClientsTimeLimit_HoldsForMethodsWithoutOne()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        ILab lab = await host.GetAsync(options => options.CallTimeout = TimeSpan.FromMilliseconds(50));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("wait").Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
    }

    [Fact]
    public async Task LosingTheConnection_CancelsItsHandlersAndNoOthers()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        int cancelled = 0;
        host.Lab.On("wait", async token =>
        {
            using CancellationTokenRegistration _ = token.Register(() => Interlocked.Increment(ref cancelled));
            await gate.PassAsync();
            return 1;
        });
        RpcClient leaving = await host.ConnectAsync();
        ILab staying = await host.GetAsync();
        Task<int>[] lost = [.. Enumerable.Range(0, 20).Select(_ => leaving.Get<ILab>().RunAsync("wait").AsTask())];
        Task<int>[] kept = [.. Enumerable.Range(0, 20).Select(_ => staying.RunAsync("wait").AsTask())];
        await Until.TrueAsync(() => gate.Count == 40, () => $"{gate.Count} of 40 handlers run");
        await leaving.DisposeAsync().Soon();
        await Until.TrueAsync(() => Volatile.Read(ref cancelled) == 20, () => $"{cancelled} handlers cancelled");
        foreach (Task<int> call in lost) await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        gate.Open();
        foreach (Task<int> call in kept) Assert.Equal(1, await call.Soon());
        Assert.Equal(20, Volatile.Read(ref cancelled));
    }
}
