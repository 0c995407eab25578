using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task C58_Stop_FinishesTheCallInFlight_AndRefusesNewOnes()
    {
        StagedGreeter greeter = new();
        HoldingTransport transport = new();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<IHostedService>(new Probe(greeter.Events));
            services.AddRpcServer(o => o.Listen("memory://").GoAwayGrace = TimeSpan.Zero).AddService<IGreeter>(greeter);
        });
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf(), Over(transport));
        IGreeter remote = rpc.Get<IGreeter>();
        Task<string> inFlight = remote.GreetAsync("Ada").AsTask();
        await greeter.Entered.WaitAsync(TestHost.Patience);

        // The client does not hear yet that the server leaves: its next call meets a server that is stopping already.
        transport.Hold();
        Task stop = host.StopAsync();
        await transport.Arrived.WaitAsync(TestHost.Patience);
        Task<string> late = remote.GreetAsync("Bob").AsTask();
        transport.Release();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => late.WaitAsync(TestHost.Patience));
        greeter.Release();

        Assert.Equal("Hello, Ada", await inFlight.WaitAsync(TestHost.Patience));
        await stop.WaitAsync(TestHost.Patience);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.Refused, error.Progress);
        Assert.Equal(["handler finished", "probe stopped"], greeter.Events);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task C59_HooksOfTheContainer_RunBehindThoseOfTheOptions_AndAFailureUndoesThem()
    {
        List<string> events = [];
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton(events);
            services.AddRpcServer(o => o.Listen("memory://").Lifecycle.Add(new RpcServerHooks { Started = (_, _) => Note("options started") }))
                .AddLifecycle<Recorder>()
                .AddService<IGreeter, Greeter>();
        });
        await host.StopAndDisposeAsync();
        Assert.Equal(["container starting", "options started", "container stopped"], events);

        events.Clear();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync(services =>
        {
            services.AddSingleton(events);
            services.AddRpcServer("first", o => o.Listen("memory://")).AddLifecycle<Recorder>().AddService<IGreeter, Greeter>();
            services.AddRpcServer("second", o => o.Listen("memory://").Lifecycle.Add(
                new RpcServerHooks { Name = "cache", Starting = static (_, _) => throw new IOException("no disk") })).AddService<IGreeter, Greeter>();
        }));
        Assert.Contains("cache failed in StartingAsync: no disk", error.Message, StringComparison.Ordinal);
        Assert.Equal(["container starting", "container stopped"], events);

        ValueTask Note(string what)
        {
            events.Add(what);
            return default;
        }
    }

    [Fact]
    public async Task Stop_AfterDrainTimeout_CancelsTheHandler()
    {
        StagedGreeter greeter = new();
        IHost host = await TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter>(greeter),
            ("Rpc:Server:DrainTimeout", "0s"));
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf());
        Task<string> inFlight = rpc.Get<IGreeter>().GreetAsync("Ada").AsTask();
        await greeter.Entered.WaitAsync(TestHost.Patience);

        await host.StopAsync().WaitAsync(TestHost.Patience);

        await greeter.Cancelled.WaitAsync(TestHost.Patience);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => inFlight.WaitAsync(TestHost.Patience));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.Unknown, error.Progress);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Stop_AfterTheHostsShutdownTimeout_EndsTheDrain()
    {
        StagedGreeter greeter = new();
        LogRecorder log = new();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddLog(log);
            services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
            services.AddRpcServer(o => o.Listen("memory://").DrainTimeout = TimeSpan.FromDays(1)).AddService<IGreeter>(greeter);
        });
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf());
        Task<string> inFlight = rpc.Get<IGreeter>().GreetAsync("Ada").AsTask();
        await greeter.Entered.WaitAsync(TestHost.Patience);

        await host.StopAsync().WaitAsync(TestHost.Patience);

        await greeter.Cancelled.WaitAsync(TestHost.Patience);
        await Assert.ThrowsAsync<RpcException>(() => inFlight.WaitAsync(TestHost.Patience));
        // The log tells how long the server waited, not how long it might have.
        Assert.Contains(log.Entries, entry => entry.Id.Id == 106 && entry.Text.StartsWith("1 calls were still in flight after 00:00:", StringComparison.Ordinal));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Stop_WaitsForWhatACallHolds()
    {
        LogRecorder log = new();
        BlockingLease lease = new();
        IHost host = await TestHost.StartAsync(services => services
            .AddLog(log)
            .AddRpcServer(o =>
            {
                o.Listen("memory://").DrainTimeout = TimeSpan.Zero;
                o.GoAwayGrace = TimeSpan.Zero; // In which the client, which has its answer, would close.
            })
            .AddService<IGreeter>(_ => lease, ServiceLifetime.Scoped));
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf());
        await rpc.Get<IGreeter>().GreetAsync("Ada");
        await lease.Disposing.WaitAsync(TestHost.Patience);

        await host.StopAsync().WaitAsync(TestHost.Patience);

        // With no time to drain, the call whose scope is not disposed of yet still counts as in flight.
        Assert.Contains(
            log.Entries, entry => entry.Id.Id == 106 && entry.Text.StartsWith("1 calls were still in flight", StringComparison.Ordinal));
        lease.Release();
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Stop_WithTwoServers_StopsBoth()
    {
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>();
            services.AddRpcServer("internal", o => o.Listen("memory://")).AddService<IGreeter, Greeter>();
        });
        string[] addresses = [host.AddressOf(), host.Services.GetRequiredKeyedService<RpcServer>("internal").Addresses.Single().ToString()];

        await host.StopAsync();

        foreach (string address in addresses) await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(address));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task ClientDisposed_WhileTheServersFarewellArrives_Closes()
    {
        StagedGreeter greeter = new();
        HoldingTransport transport = new();
        IHost host = await TestHost.StartAsync(services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter>(greeter));
        RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf(), Over(transport));
        Task<string> inFlight = rpc.Get<IGreeter>().GreetAsync("Ada").AsTask();
        await greeter.Entered.WaitAsync(TestHost.Patience);
        transport.Hold();
        Task stop = host.StopAsync();
        await transport.Arrived.WaitAsync(TestHost.Patience);

        // Closing cancels the read that holds the farewell; the server, which waits for its handler, does not close first.
        await rpc.DisposeAsync().AsTask().WaitAsync(TestHost.Patience);

        await Assert.ThrowsAsync<RpcException>(() => inFlight.WaitAsync(TestHost.Patience));
        await greeter.Cancelled.WaitAsync(TestHost.Patience);
        await stop.WaitAsync(TestHost.Patience);
        await host.StopAndDisposeAsync();
    }

    private static RpcClientOptions Over(ITransport transport)
    {
        RpcClientOptions options = new();
        options.Transports.Clear();
        options.Transports.Add(transport);
        return options;
    }

    /// <summary>A hosted service that was registered before the server.</summary>
    private sealed class Probe(List<string> events) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            lock (events) events.Add("probe stopped");
            return Task.CompletedTask;
        }
    }

    private sealed class BlockingLease : IGreeter, IAsyncDisposable
    {
        private readonly TaskCompletionSource _disposing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposing => _disposing.Task;

        public void Release() => _released.SetResult();

        public ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default) => new("");

        public async ValueTask DisposeAsync()
        {
            _disposing.TrySetResult();
            await _released.Task;
        }
    }

    private sealed class Recorder(List<string> events) : IRpcServerLifecycle
    {
        public ValueTask StartingAsync(RpcServer server, CancellationToken cancellationToken)
        {
            events.Add("container starting");
            return default;
        }

        public ValueTask StoppedAsync(RpcServer server, CancellationToken cancellationToken)
        {
            events.Add("container stopped");
            return default;
        }
    }
}
