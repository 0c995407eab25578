using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class LifetimeTests
{
    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task EachCall_GetsAnInstanceOfItsOwn_DisposedAfterIt(ServiceLifetime lifetime)
    {
        Journal journal = new();
        await using Session session = await Session.StartAsync(journal, server => server.AddService<IGreeter, JournalingGreeter>(lifetime));

        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));
        Assert.Equal("2", await session.Greeter.GreetAsync("Ada"));

        await journal.WaitForAsync("2 disposed");
        await journal.WaitForAsync("1 disposed");
        Assert.True(journal.IndexOf("1 answered") < journal.IndexOf("1 disposed"));
        Assert.True(journal.IndexOf("2 answered") < journal.IndexOf("2 disposed"));
    }

    [Fact]
    public async Task ScopedService_WhoseHandlerThrows_IsDisposed()
    {
        Journal journal = new();
        await using Session session = await Session.StartAsync(
            journal, server => server.AddService<IGreeter, JournalingGreeter>(ServiceLifetime.Scoped));

        await Assert.ThrowsAsync<RpcException>(async () => await session.Greeter.GreetAsync("throw"));

        await journal.WaitForAsync("1 disposed");
    }

    [Fact]
    public async Task ScopedService_ThatCannotBeCreated_ReleasesWhatWasCreatedForIt()
    {
        Journal journal = new();
        await using Session session = await Session.StartAsync(
            journal,
            server => server.AddService<IGreeter>(
                services =>
                {
                    services.GetRequiredService<JournalingGreeter>();
                    throw new InvalidOperationException("no database");
                },
                ServiceLifetime.Scoped),
            services => services.AddScoped<JournalingGreeter>());

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await session.Greeter.GreetAsync("Ada"));

        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        await journal.WaitForAsync("1 disposed");
    }

    [Fact]
    public async Task Singleton_IsOneInstance_DisposedWithTheContainer()
    {
        Journal journal = new();
        Session session = await Session.StartAsync(journal, server => server.AddService<IGreeter, JournalingGreeter>());

        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));
        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));
        Assert.Same(session.Host.Services.GetRequiredService<JournalingGreeter>(), session.Host.Services.GetRequiredService<JournalingGreeter>());
        Assert.Equal(-1, journal.IndexOf("1 disposed"));

        await session.DisposeAsync();
        Assert.NotEqual(-1, journal.IndexOf("1 disposed"));
    }

    [Fact]
    public async Task Factory_CreatesASingleton_ThatTheContainerDisposesOf()
    {
        Journal journal = new();
        Session session = await Session.StartAsync(
            journal, server => server.AddService<IGreeter>(services => new JournalingGreeter(services.GetRequiredService<Journal>())));

        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));
        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));

        await session.DisposeAsync();
        Assert.NotEqual(-1, journal.IndexOf("1 disposed"));
    }

    [Fact]
    public async Task Instance_StaysItsOwners()
    {
        Journal journal = new();
        Session session = await Session.StartAsync(journal, server => server.AddService<IGreeter>(new JournalingGreeter(journal)));

        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));

        await session.DisposeAsync();
        Assert.Equal(-1, journal.IndexOf("1 disposed"));
    }

    [Fact]
    public async Task Implementation_RegisteredBefore_KeepsItsLifetime()
    {
        Journal journal = new();
        await using Session session = await Session.StartAsync(
            journal, server => server.AddService<IGreeter, JournalingGreeter>(), services => services.AddScoped<JournalingGreeter>());

        Assert.Equal("1", await session.Greeter.GreetAsync("Ada"));
        Assert.Equal("2", await session.Greeter.GreetAsync("Ada"));
    }

    [Fact]
    public void Implementation_RegisteredWithAnotherLifetime_IsAnError()
    {
        ServiceCollection services = new();
        services.AddSingleton<Greeter>();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => services.AddRpcServer().AddService<IGreeter, Greeter>(ServiceLifetime.Scoped));

        Assert.Equal("Greeter is registered as Singleton already, and AddService asks for Scoped. Leave the lifetime out of one of the two.", error.Message);
    }

    [Fact]
    public async Task Singleton_MayHaveTheServerInjected()
    {
        await using Session session = await Session.StartAsync(new Journal(), server => server.AddService<IGreeter, AddressTeller>());

        Assert.Equal(session.Host.AddressOf(), await session.Greeter.GreetAsync(""));
    }

    private sealed class AddressTeller(RpcServer server) : IGreeter
    {
        public ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default) =>
            new(server.Addresses.Single().ToString());
    }

    private sealed class JournalingGreeter : IGreeter, IAsyncDisposable
    {
        private readonly Journal _journal;
        private readonly int _number;

        public JournalingGreeter(Journal journal)
        {
            _journal = journal;
            _number = journal.NextNumber();
        }

        public async ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (name == "throw") throw new InvalidOperationException("thrown by the handler");
            _journal.Add($"{_number} answered");
            return $"{_number}";
        }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            _journal.Add($"{_number} disposed");
        }
    }

    /// <summary>What happened, in order, with a way to wait for it.</summary>
    private sealed class Journal
    {
        private readonly Lock _gate = new();
        private readonly List<string> _entries = [];
        private readonly Dictionary<string, TaskCompletionSource> _awaited = [];
        private int _lastNumber;

        public int NextNumber() => Interlocked.Increment(ref _lastNumber);

        public void Add(string entry)
        {
            lock (_gate)
            {
                _entries.Add(entry);
                if (_awaited.Remove(entry, out TaskCompletionSource? awaited)) awaited.SetResult();
            }
        }

        public int IndexOf(string entry)
        {
            lock (_gate) return _entries.IndexOf(entry);
        }

        public Task WaitForAsync(string entry)
        {
            lock (_gate)
            {
                if (_entries.Contains(entry)) return Task.CompletedTask;
                TaskCompletionSource awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add(entry, awaited);
                return awaited.Task.WaitAsync(TestHost.Patience);
            }
        }
    }

    /// <summary>A host with a server, and a client of it.</summary>
    private sealed class Session(IHost host, RpcClient rpc) : IAsyncDisposable
    {
        public IHost Host => host;

        public IGreeter Greeter { get; } = rpc.Get<IGreeter>();

        public static async Task<Session> StartAsync(
            Journal journal, Action<RpcServerBuilder> offer, Action<IServiceCollection>? add = null)
        {
            IHost host = await TestHost.StartAsync(services =>
            {
                services.AddSingleton(journal);
                add?.Invoke(services);
                offer(services.AddRpcServer(o => o.Listen("memory://")));
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
