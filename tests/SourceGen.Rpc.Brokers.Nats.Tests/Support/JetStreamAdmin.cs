using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.JetStream;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>Looks at what the broker made, as an administrator does.</summary>
internal sealed class JetStreamAdmin(NatsClient client) : IAsyncDisposable
{
    public NatsClient Client { get; } = client;

    public JetStreamApi Api { get; } = new(client, Wait.Patience);

    public static async Task<JetStreamAdmin> ConnectAsync(NatsServer server)
    {
        NatsClient client = new(NatsBrokerOptions.Parse(RpcAddress.Parse(server.Address)), server.Address, NullLogger.Instance);
        await client.ConnectAsync(default);
        return new JetStreamAdmin(client);
    }

    public async Task<string[]> GetConsumerNamesAsync(string stream)
    {
        NatsReply reply = await Client.RequestAsync($"$JS.API.CONSUMER.NAMES.{stream}", default, Wait.Patience, default);
        using JsonDocument answer = JsonDocument.Parse(reply.Payload);
        return [.. answer.RootElement.GetProperty("consumers").EnumerateArray().Select(static name => name.GetString()!)];
    }

    public async ValueTask DisposeAsync() => await Client.DisconnectAsync(default);
}
