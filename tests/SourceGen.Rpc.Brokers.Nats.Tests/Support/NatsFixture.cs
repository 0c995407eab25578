using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>What the suite needs to know of NATS.</summary>
public abstract class NatsFixture : BrokerFixture
{
    private NatsServer? _server;

    /// <summary>The server's default max_payload, whose messages have no headers.</summary>
    public override int? MaxMessageBytes => 1024 * 1024;

    /// <summary>Whether it has JetStream.</summary>
    protected abstract bool HasJetStream { get; }

    public override async Task InitializeAsync() => _server = await NatsServer.StartAsync(HasJetStream);

    public override async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    public override IBroker Create() => _server!.Create(HasJetStream ? "?jetstream=true" : "");

    public override IBroker CreateUnreachable() => new NatsBroker(new NatsBrokerOptions { Servers = [$"127.0.0.1:{FreePorts.Take()}"] });

    public override Task KillEngineAsync() => _server!.KillAsync();

    public override Task RestartEngineAsync() => _server!.RestartAsync();
}
