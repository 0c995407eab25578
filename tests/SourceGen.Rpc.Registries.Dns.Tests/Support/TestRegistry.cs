using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Dns.Tests.Support;

/// <summary>Registries, and what is read from them, in few words.</summary>
internal static class TestRegistry
{
    public static DnsRegistry Create(string servers, Action<DnsRegistryOptions>? configure = null)
    {
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse($"dns://{servers}/example?namespace=shop"));
        configure?.Invoke(options);
        return new DnsRegistry(options);
    }

    /// <summary>The nodes of the only record: <c>id address weight</c>.</summary>
    public static async Task<string[]> NodesAsync(this DnsRegistry registry, string service) =>
        NodesOf(await registry.GetServiceAsync(service));

    public static string[] NodesOf(IEnumerable<ServiceRecord> records) =>
        [.. records.SelectMany(static record => record.Nodes).Select(static node => $"{node.Id} {node.Address} {node.Weight}")];

    public static async Task<RegistryEvent> NextAsync(this IAsyncEnumerator<RegistryEvent> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)), "the enumeration has ended");
        return events.Current;
    }
}
