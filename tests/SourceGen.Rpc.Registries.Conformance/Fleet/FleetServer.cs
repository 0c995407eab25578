using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>A server of the suite's service, with a client of the registry of its own.</summary>
internal sealed class FleetServer : IAsyncDisposable
{
    private readonly RegistryFixture _fixture;
    private readonly RpcServer _server;
    private readonly MortalRegistry? _registry;
    private readonly SuiteService _service;
    private readonly string _group;

    private FleetServer(RegistryFixture fixture, int number, string group, TimeSpan timeToLive)
    {
        _fixture = fixture;
        _group = group;
        _service = new SuiteService(number);
        RpcServerOptions options = new() { DrainTimeout = TimeSpan.Zero };
        options.Listen("tcp://127.0.0.1:0");
        if (fixture.CanRegister)
        {
            _registry = new MortalRegistry(fixture.Create());
            options.Registration.Registry = _registry;
            options.Registration.TimeToLive = timeToLive;
            options.Registration.Interval = timeToLive / 3;
            options.Registration.Group = group;
            options.Registration.InstanceId = $"server-{number}";
        }

        _server = new RpcServer(options).AddService<ISuiteService>(_service);
    }

    /// <summary>How many calls it served.</summary>
    public long Calls => _service.Calls;

    public static async Task<FleetServer> StartAsync(RegistryFixture fixture, int number, string group, TimeSpan timeToLive)
    {
        FleetServer server = new(fixture, number, group, timeToLive);
        await server._server.StartAsync();
        return server;
    }

    /// <summary>Enters it where servers do not do so themselves.</summary>
    public async Task EnterAsync()
    {
        if (!_fixture.CanRegister) await _fixture.WriteAsync(Record());
    }

    /// <summary>Ends it as kill -9 does: its connections break, and its lease is left to end.</summary>
    public async Task KillAsync()
    {
        if (_registry is { } registry)
        {
            registry.Die();
            await _fixture.StopRenewingAsync(registry.Inner);
        }

        await _server.StopAsync(new CancellationToken(canceled: true));
        if (!_fixture.CanRegister) await _fixture.RemoveAsync(Record());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_registry is not null) await _registry.Inner.DisposeAsync();
    }

    private ServiceRecord Record() => new(NameOf<ISuiteService>())
    {
        Metadata = _group.Length == 0 ? ServiceMetadata.Empty : ServiceMetadata.Empty.With(ServiceMetadataKeys.Group, _group),
        Nodes = [new ServiceNode($"server-{_server.Addresses[0].Rest}", _server.Addresses[0].ToString())],
    };

    private static string NameOf<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> => TService.Contract.Name;
}
