namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>A server with JetStream for the tests of a class, which have topics of their own.</summary>
public sealed class JetStreamServer : IAsyncLifetime
{
    internal NatsServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await NatsServer.StartAsync(hasJetStream: true);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
