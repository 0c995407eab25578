using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>A client that serves: what its server can call, for how long, and what it hears when it cannot.</summary>
public sealed class CallbackTests
{
    [Fact]
    public async Task AHandler_CallsItsCaller_AndNotAnother()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("ask", async _ => await RpcContext.GetCaller<ILab>().RunAsync("who"));
        Task<int>[] answers = [.. Enumerable.Range(0, 5).Select(async i =>
        {
            Lab own = new();
            own.On("who", async ct =>
            {
                await Task.Yield();
                return i;
            });
            RpcClient client = await host.ConnectAsync(options => options.AddService<ILab>(own));
            return await client.Get<ILab>().RunAsync("ask");
        })];
        Assert.Equal(Enumerable.Range(0, 5), await Task.WhenAll(answers).Soon());
    }

    [Fact]
    public async Task AClientThatOffersNothing_CannotBeCalled_AndIsToldWhatToDo()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("ask", async _ => await RpcContext.GetCaller<ILab>().RunAsync("who"));
        ILab lab = await host.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("ask").Soon());
        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Contains("Tests.Lab", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddService before it connects", error.Message, StringComparison.Ordinal);
        Assert.Null(RpcContext.Current);
        Assert.Equal(RpcStatusCode.FailedPrecondition, Assert.Throws<RpcException>(RpcContext.GetCaller<ILab>).Code);
    }

    [Fact]
    public async Task AClientThatOffersSomethingElse_IsNamedWithWhatItHas()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("ask", async _ => await RpcContext.GetCaller<IHop>().HopAsync(0, false));
        ILab lab = await host.GetAsync(options => options.AddService<ILab>(new Lab()));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("ask").Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("The client at tcp://127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("has no service Tests.Hop; it has Tests.Lab", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheContext_DoesNotStayBehindOnTheThread()
    {
        await using LabHost host = await LabHost.StartAsync("memory://");
        host.Lab.On("serving", static async _ =>
        {
            bool atFirst = Offers();
            await Task.Yield();
            return atFirst && Offers() ? 1 : 0;
        });
        ILab serves = await host.GetAsync(options => options.AddService<ILab>(new Lab()));
        ILab plain = await host.GetAsync();
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(1, await serves.RunAsync("serving").Soon());
            Assert.Equal(0, await plain.RunAsync("serving").Soon());
        }

        Assert.Null(RpcContext.Current);

        static bool Offers() => Record.Exception(() => RpcContext.GetCaller<ILab>()) is null;
    }

    [Fact]
    public async Task AServiceAddedAfterTheConnectionWasOpened_IsAnErrorThatSaysWhereToAddIt()
    {
        await using LabHost host = await LabHost.StartAsync();
        await using RpcClient client = RpcClient.Create(host.Address, LabHost.Patient()).AddService<IHop>(new Hop());
        InvalidOperationException twice = Assert.Throws<InvalidOperationException>(() => client.AddService<IHop>(new Hop()));
        Assert.Contains("already offers Tests.Hop", twice.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new RpcClientOptions().AddService<IHop>(new Hop()).AddService<IHop>(new Hop()));
        await client.Get<ILab>().AddAsync(1, 2).Soon();
        InvalidOperationException late = Assert.Throws<InvalidOperationException>(() => client.AddService<ILab>(new Lab()));
        Assert.Contains("Tests.Lab comes too late", late.Message, StringComparison.Ordinal);
        Assert.Contains("between RpcClient.Create and the first call", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheCallersProxy_OutlivesTheHandler_UntilTheConnectionIsGone()
    {
        await using LabHost host = await LabHost.StartAsync();
        RpcPeer? peer = null;
        host.Lab.On("meet", _ =>
        {
            peer = RpcContext.Current!.Caller;
            return new ValueTask<int>(1);
        });
        Lab own = new();
        RpcClient client = await host.ConnectAsync(options => options.AddService<ILab>(own));
        await client.Get<ILab>().RunAsync("meet").Soon();
        ILab back = peer!.Get<ILab>();
        Assert.Same(back, peer.Get<ILab>());
        Assert.Equal(5, await back.AddAsync(2, 3).Soon());
        await back.NoteAsync(7).Soon();
        await Until.TrueAsync(() => own.Notes.Count == 1, () => "the note did not arrive");
        Assert.True(peer.IsConnected);
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = peer.Closed.Register(gone.SetResult);

        await client.DisposeAsync().Soon();

        await gone.Task.Soon();
        Assert.False(peer.IsConnected);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => back.AddAsync(2, 3).Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("Tests.Lab/Add was not sent", error.Message, StringComparison.Ordinal);
        Assert.Contains("only it can open a new connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALostConnection_FailsTheCallBack_AndTheNextConnectionOffersTheServicesAgain()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        Lab own = new();
        own.On("who", async _ =>
        {
            await gate.PassAsync();
            return 9;
        });
        Task<int>? calledBack = null;
        host.Lab.On("ask", async _ => await (calledBack = RpcContext.GetCaller<ILab>().RunAsync("who").AsTask()));
        RpcClient client = await host.ConnectAsync(options => options.AddService<ILab>(own));
        Task<int> call = client.Get<ILab>().RunAsync("ask").AsTask();
        await gate.Reached;
        host.Connections.Single().Close(new RpcException(RpcStatusCode.Internal, "the test cut the cable"));
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => calledBack!.Soon());
        Assert.Contains("the test cut the cable", error.Message, StringComparison.Ordinal);
        gate.Open();
        Assert.Equal(9, await client.Get<ILab>().RunAsync("ask").Soon());
    }

    [Fact]
    public async Task GivingUpACallBack_CancelsTheClientsHandler()
    {
        await using LabHost host = await LabHost.StartAsync();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Lab own = new();
        own.On("wait", async ct =>
        {
            begun.SetResult();
            using CancellationTokenRegistration registration = ct.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, ct);
            return 1;
        });
        host.Lab.On("ask", async ct => await RpcContext.GetCaller<ILab>().RunAsync("wait", ct));
        RpcClient client = await host.ConnectAsync(options => options.AddService<ILab>(own));
        using CancellationTokenSource source = new();
        Task<int> call = client.Get<ILab>().RunAsync("ask", source.Token).AsTask();
        await begun.Task.Soon();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task AnErrorOfTheClientsHandler_ReachesTheServersHandler()
    {
        await using LabHost host = await LabHost.StartAsync();
        Lab own = new();
        own.On("fail", static _ => throw new RpcException(RpcStatusCode.NotFound, "no lamp", "shop.lamp", 7));
        own.On("burst", static _ => throw new InvalidOperationException("secret"));
        host.Lab.On("fail", async _ => await RpcContext.GetCaller<ILab>().RunAsync("fail"));
        host.Lab.On("burst", async _ => await RpcContext.GetCaller<ILab>().RunAsync("burst"));
        ILab lab = await host.GetAsync(options => options.AddService<ILab>(own));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail").Soon());
        Assert.Equal((RpcStatusCode.NotFound, "no lamp", "shop.lamp", 7), (error.Code, error.Detail, error.Id, error.Status));
        error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("burst").Soon());
        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientThatIsDisposedOf_LetsTheCallsItServesFinish_AndTakesNoMore()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        (RpcClient client, ILab back) = await MeetAsync(host, gate, configure: static _ => { });
        Task<int> served = back.RunAsync("wait").AsTask();
        await gate.Reached;
        Task disposing = client.DisposeAsync().AsTask();
        await Until.TrueAsync(() => !host.Connections.Single().IsUsable, () => "the server was not told that the client leaves");
        await Assert.ThrowsAsync<RpcException>(() => back.AddAsync(1, 2).Soon());
        Assert.False(disposing.IsCompleted);
        gate.Open();
        Assert.Equal(42, await served.Soon());
        await disposing.Soon();
    }

    [Fact]
    public async Task AClientWithoutTimeToDrain_FailsTheCallsItServes()
    {
        await using LabHost host = await LabHost.StartAsync();
        using Gate gate = new();
        (RpcClient client, ILab back) = await MeetAsync(host, gate, static options => options.DrainTimeout = TimeSpan.Zero);
        Task<int> served = back.RunAsync("wait").AsTask();
        await gate.Reached;
        await client.DisposeAsync().Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => served.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
    }

    [Fact]
    public async Task AServerThatStops_WaitsForTheCallsItMakesToClients()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.DrainTimeout = Waiting.Limit);
        using Gate gate = new();
        (RpcClient _, ILab back) = await MeetAsync(host, gate, configure: static _ => { });
        Task<int> served = back.RunAsync("wait").AsTask();
        await gate.Reached;
        Task stopping = host.Server.StopAsync();
        await Until.TrueAsync(() => host.Connections.SingleOrDefault() is not { IsUsable: true }, () => "the client does not leave");
        Assert.False(stopping.IsCompleted);
        gate.Open();
        Assert.Equal(42, await served.Soon());
        await stopping.Soon();
    }

    [Fact]
    public async Task AClientWithANewerContract_IsAskedWhatItHas()
    {
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("ask", async _ => await RpcContext.GetCaller<Old.IDesk>().AddAsync(2, 3));
        host.Lab.On("count", async _ => await RpcContext.GetCaller<Old.IDesk>().CountAsync());
        ILab lab = await host.GetAsync(options => options.AddService<New.IDesk>(new New.Desk()));
        Assert.Equal(5, await lab.RunAsync("ask").Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("count").Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("the client at", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Connects a client whose <c>wait</c> answers 42 once the gate is open, and gets the server's way to it.</summary>
    private static async Task<(RpcClient Client, ILab Back)> MeetAsync(LabHost host, Gate gate, Action<RpcClientOptions> configure)
    {
        Lab own = new();
        own.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 42;
        });
        ILab? back = null;
        host.Lab.On("meet", _ =>
        {
            back = RpcContext.GetCaller<ILab>();
            return new ValueTask<int>(1);
        });
        RpcClient client = await host.ConnectAsync(options =>
        {
            options.AddService<ILab>(own);
            configure(options);
        });
        await client.Get<ILab>().RunAsync("meet").Soon();
        return (client, back!);
    }
}
