using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>Filters from the container: how long they live, and what they share with the implementation of a call.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    public async Task Scoped_filter_and_scoped_service_of_a_call_share_its_scope(ServiceLifetime service)
    {
        Notes notes = new();
        await using Session session = await Session.StartAsync(
            notes,
            server => server.AddService<IGreeter, UnitGreeter>(service).AddFilter<UnitFilter>(lifetime: ServiceLifetime.Scoped),
            services =>
            {
                if (service == ServiceLifetime.Singleton) services.AddSingleton(new Unit(notes));
                else services.AddScoped<Unit>();
            });

        string[] answers = [await session.Greeter.GreetAsync("a"), await session.Greeter.GreetAsync("b")];

        // What the filter saw is what the implementation saw.
        Assert.Equal(answers, notes.Seen);
        Assert.Equal(service == ServiceLifetime.Singleton ? 1 : 2, answers.Distinct().Count());
        if (service == ServiceLifetime.Scoped)
        {
            await notes.WaitForAsync($"{answers[0]} disposed");
            await notes.WaitForAsync($"{answers[1]} disposed");
        }

        Assert.Equal(2, notes.FiltersCreated);
        await notes.WaitForAsync("filter 1 disposed");
        await notes.WaitForAsync("filter 2 disposed");
    }

    [Fact]
    public async Task Scoped_service_behind_a_filter_that_answers_itself_is_never_created()
    {
        Notes notes = new();
        await using Session session = await Session.StartAsync(
            notes,
            server => server.AddService<IGreeter, UnitGreeter>(ServiceLifetime.Scoped).AddFilter<RefusingFilter>(),
            services => services.AddScoped<Unit>());

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await session.Greeter.GreetAsync("a"));

        Assert.Equal(RpcStatusCode.PermissionDenied, error.Code);
        Assert.Equal(0, notes.UnitsCreated);
    }

    [Fact]
    public async Task Singleton_filter_is_one_instance_created_before_the_server_listens()
    {
        Notes notes = new();
        await using Session session = await Session.StartAsync(
            notes,
            server => server.AddService<IGreeter, Greeter>().AddFilter<UnitFilter>(),
            services => services.AddSingleton<Unit>());
        Assert.Equal(1, notes.FiltersCreated);

        await session.Greeter.GreetAsync("a");
        await session.Greeter.GreetAsync("b");

        Assert.Equal(1, notes.FiltersCreated);
        Assert.Equal(2, notes.Seen.Count);
    }

    [Fact]
    public async Task Filters_run_in_the_order_they_were_added_in_options_and_builder()
    {
        Notes notes = new();
        await using Session session = await Session.StartAsync(
            notes,
            server => server
                .AddService<IGreeter, Greeter>()
                .Configure(options => options.Filters.Add(new NamedFilter("first", notes)))
                .AddFilter<SecondFilter>(lifetime: ServiceLifetime.Transient)
                .Configure(options => options.Filters.Add(new NamedFilter("third", notes)))
                .AddFilter<UnitFilter>(static filter => filter.ForService<ICalculator>())
                .AddService<ICalculator, Calculator>(),
            services => services.AddSingleton<Unit>());

        await session.Greeter.GreetAsync("a");

        Assert.Equal(["first", "second", "third"], notes.Seen);
    }

    [Fact]
    public async Task Client_filter_comes_from_the_container()
    {
        Notes notes = new();
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton(notes).AddSingleton<Unit>();
            services.AddRpcServer(options => options.Listen(address)).AddService<IGreeter, Greeter>().AddService<ICalculator, Calculator>();
            services.AddRpcClient<IGreeter>(address).AddFilter<UnitFilter>(static filter => filter.ForService<IGreeter>());
            services.AddRpcClient<ICalculator>(address);
        });

        Assert.Equal("Hello, a", await host.Services.GetRequiredService<IGreeter>().GreetAsync("a"));
        Assert.Equal(5, await host.Services.GetRequiredService<ICalculator>().AddAsync(2, 3));

        Assert.Equal(["unit 1"], notes.Seen);
        Assert.Equal(1, notes.FiltersCreated);
        await host.StopAndDisposeAsync();
        await notes.WaitForAsync("filter 1 disposed");
    }

    [Fact]
    public void Filter_registered_with_another_lifetime_is_an_error()
    {
        ServiceCollection services = new();
        services.AddScoped<UnitFilter>();

        InvalidOperationException server = Assert.Throws<InvalidOperationException>(
            () => services.AddRpcServer().AddFilter<UnitFilter>(lifetime: ServiceLifetime.Singleton));
        InvalidOperationException client = Assert.Throws<InvalidOperationException>(() => services.AddRpcClient().AddFilter<UnitFilter>());

        Assert.Equal(
            "UnitFilter is registered as Scoped already, and AddFilter asks for Singleton. Leave the lifetime out of one of the two.",
            server.Message);
        Assert.Equal(
            "UnitFilter is registered as Scoped already, and a client's filter is a singleton: register it as one.", client.Message);
    }

    /// <summary>What happened.</summary>
    private sealed class Notes
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _events = new();
        private int _units;
        private int _filters;

        public ConcurrentQueue<string> Seen { get; } = new();

        public int UnitsCreated => Volatile.Read(ref _units);

        public int FiltersCreated => Volatile.Read(ref _filters);

        public int NextUnit() => Interlocked.Increment(ref _units);

        public int NextFilter() => Interlocked.Increment(ref _filters);

        public void Happened(string what) => Event(what).TrySetResult();

        public Task WaitForAsync(string what) => Event(what).Task.WaitAsync(TestHost.Patience);

        private TaskCompletionSource Event(string what) =>
            _events.GetOrAdd(what, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>A unit of work, as a database context would be.</summary>
    private sealed class Unit(Notes notes) : IAsyncDisposable
    {
        public string Name { get; } = $"unit {notes.NextUnit()}";

        public ValueTask DisposeAsync()
        {
            notes.Happened($"{Name} disposed");
            return default;
        }
    }

    private sealed class UnitGreeter(Unit unit) : IGreeter
    {
        public ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default) => new(unit.Name);
    }

    private sealed class UnitFilter(Unit unit, Notes notes) : IRpcServerFilter, IRpcClientFilter, IDisposable
    {
        private readonly int _number = notes.NextFilter();

        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            notes.Seen.Enqueue(unit.Name);
            return next(call);
        }

        public void Dispose() => notes.Happened($"filter {_number} disposed");
    }

    private sealed class RefusingFilter : IRpcServerFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct => throw new RpcException(RpcStatusCode.PermissionDenied, "not you");
    }

    private class NamedFilter(string name, Notes notes) : IRpcServerFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            notes.Seen.Enqueue(name);
            return next(call);
        }
    }

    private sealed class SecondFilter(Notes notes) : NamedFilter("second", notes);

    /// <summary>A host with a server, and a client of it.</summary>
    private sealed class Session(IHost host, RpcClient rpc) : IAsyncDisposable
    {
        public IGreeter Greeter { get; } = rpc.Get<IGreeter>();

        public static async Task<Session> StartAsync(Notes notes, Action<RpcServerBuilder> offer, Action<IServiceCollection> add)
        {
            IHost host = await TestHost.StartAsync(services =>
            {
                services.AddSingleton(notes);
                add(services);
                offer(services.AddRpcServer(static options => options.Listen("memory://")));
            });
            return new Session(host, await RpcClient.ConnectAsync(host.AddressOf()));
        }

        public async ValueTask DisposeAsync()
        {
            await rpc.DisposeAsync();
            await host.StopAndDisposeAsync();
        }
    }
}
