using RabbitMQ.Client;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;

/// <summary>One server for all tests of the assembly, which run one after the other, since some of them kill it.</summary>
[CollectionDefinition(Name)]
public sealed class RabbitMqFixture : BrokerFixture, ICollectionFixture<RabbitMqFixture>
{
    public const string Name = "RabbitMQ";

    public RabbitMqServer Server { get; } = new();

    public override TimeSpan Patience => TimeSpan.FromSeconds(60);

    public override int? MaxMessageBytes => 1024 * 1024;

    public string Endpoint => $"127.0.0.1:{Server.Port}";

    public override Task InitializeAsync() => Server.StartAsync();

    public override async Task DisposeAsync() => await Server.DisposeAsync();

    public override IBroker Create() => CreateBroker();

    public override IBroker CreateUnreachable() =>
        new RabbitMqBroker(new RabbitMqBrokerOptions { Endpoints = { $"127.0.0.1:{Registries.Conformance.FreePorts.Take()}" } });

    public override Task KillEngineAsync() => Server.KillAsync();

    public override Task RestartEngineAsync() => Server.RestartAsync();

    /// <summary>A client of the server, with limits that tests can reach.</summary>
    public RabbitMqBroker CreateBroker(Action<RabbitMqBrokerOptions>? configure = null)
    {
        RabbitMqBrokerOptions options = new() { Endpoints = { Endpoint }, MaxMessageBytes = MaxMessageBytes!.Value, ConnectTimeout = TimeSpan.FromSeconds(20) };
        configure?.Invoke(options);
        return new RabbitMqBroker(options);
    }

    /// <summary>The same, connected.</summary>
    public async Task<RabbitMqBroker> ConnectAsync(Action<RabbitMqBrokerOptions>? configure = null)
    {
        RabbitMqBroker broker = CreateBroker(configure);
        await broker.ConnectAsync();
        return broker;
    }

    /// <summary>A connection that knows nothing of brokers, to look at what there is.</summary>
    public Task<IConnection> ConnectPlainAsync() =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = Server.Port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
