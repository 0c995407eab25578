using System.Text.Json.Nodes;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Layouts;

namespace SourceGen.Rpc.Registries.Consul.Tests.Support;

/// <summary>A Consul of one agent for the suite.</summary>
public sealed class ConsulFixture : RegistryFixture
{
    private ConsulAgent? _agent;

    public override bool HasServer => true;

    public override TimeSpan ShortestTimeToLive => TimeSpan.FromSeconds(1);

    public override async Task InitializeAsync()
    {
        if (ConsulBinary.Path is not null) _agent = await ConsulAgent.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
    }

    public override IRegistry Create() => new ConsulRegistry(new ConsulRegistryOptions { Endpoints = { _agent!.Endpoint } });

    public override IRegistry CreateUnreachable() =>
        new ConsulRegistry(
            new ConsulRegistryOptions { Endpoints = { $"127.0.0.1:{FreePorts.Take()}" }, Timeout = TimeSpan.FromSeconds(2) });

    public override Task KillServerAsync() => _agent!.Process.KillAsync();

    public override Task RestartServerAsync() => _agent!.Process.RestartAsync();

    /// <summary>
    /// As if they came from other agents, 60 in a transaction: through one agent alone it takes minutes, which says nothing about reading.
    /// </summary>
    public override async Task FillAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records)
    {
        await _agent!.SendAsync(HttpMethod.Put, "/v1/catalog/register", """{"Node":"others","Address":"127.0.0.2"}""");
        DefaultLayout layout = new();
        IEnumerable<JsonObject> operations =
            from record in records
            from node in record.Nodes
            let service = JsonNode.Parse(layout.Write(record with { Nodes = [node] }).ToJson(timeToLive: null))!.AsObject()
            select new JsonObject { ["Service"] = new JsonObject { ["Verb"] = "set", ["Node"] = "others", ["Service"] = Rename(service) } };
        foreach (JsonObject[] part in operations.Chunk(60))
        {
            await _agent.SendAsync(HttpMethod.Put, "/v1/txn", new JsonArray([.. part]).ToJsonString());
        }
    }

    private static JsonObject Rename(JsonObject service)
    {
        JsonNode name = service["Name"]!;
        service.Remove("Name");
        service["Service"] = name;
        return service;
    }
}
