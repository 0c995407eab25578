using System.Collections.Concurrent;
using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Watching;

/// <summary>Asks the catalog for services by the framework's names. Thread safe.</summary>
internal sealed class CatalogReader(ConsulClient client, ConsulLayout layout, InstanceReader reader)
{
    /// <summary>The catalog tells no more than one service's nodes in one answer; so many are asked for at once.</summary>
    private const int MaxConcurrency = 8;

    /// <summary>Reads one service.</summary>
    public async ValueTask<ConsulResult<Dictionary<string, ServiceRecord>>> ReadAsync(
        RegistryOperation operation, string service, ConsulQuery query)
    {
        ConsulResult<ImmutableArray<ConsulInstance>> found =
            await client.ReadPassingAsync(operation, layout.ConsulNameOf(service), query).ConfigureAwait(false);
        return new ConsulResult<Dictionary<string, ServiceRecord>>(reader.Read(service, found.Value), found.Index, found.Endpoint);
    }

    /// <summary>Reads several services.</summary>
    public async ValueTask<IReadOnlyDictionary<string, Dictionary<string, ServiceRecord>>> ReadAllAsync(
        RegistryOperation operation, IReadOnlyCollection<string> services, int? endpoint)
    {
        ConcurrentDictionary<string, Dictionary<string, ServiceRecord>> found = new(StringComparer.Ordinal);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = CancellationToken.None };
        await Parallel.ForEachAsync(
            services,
            parallel,
            async (service, _) =>
                found[service] = (await ReadAsync(operation, service, new ConsulQuery(endpoint)).ConfigureAwait(false)).Value)
            .ConfigureAwait(false);
        return found;
    }

    /// <summary>
    /// Reads the names of the services of the layout, whether they have a node now or not, each with its tags in one text.
    /// </summary>
    public async ValueTask<ConsulResult<ImmutableSortedDictionary<string, string>>> ReadNamesAsync(
        RegistryOperation operation, ConsulQuery query)
    {
        ConsulResult<ImmutableSortedDictionary<string, string[]>> all = await client.ReadNamesAsync(operation, query).ConfigureAwait(false);
        ImmutableSortedDictionary<string, string>.Builder names =
            ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, string[] tags) in all.Value)
        {
            if (layout.IsOurs(tags) && layout.TryReadName(name, out string? service)) names[service] = string.Join('\n', tags);
        }

        return new ConsulResult<ImmutableSortedDictionary<string, string>>(names.ToImmutable(), all.Index, all.Endpoint);
    }

    /// <summary>Reads the names of the services that have a node.</summary>
    public async ValueTask<ImmutableArray<string>> ListAsync(RegistryOperation operation)
    {
        ConsulResult<ImmutableSortedDictionary<string, string>> names = await ReadNamesAsync(operation, default).ConfigureAwait(false);
        ConsulResult<ImmutableHashSet<ConsulCheck>> failing =
            await client.ReadFailingAsync(operation, new ConsulQuery(names.Endpoint)).ConfigureAwait(false);
        string[] doubtful = [.. names.Value.Keys.Where(name => Concerns(failing.Value, name))];
        IReadOnlyDictionary<string, Dictionary<string, ServiceRecord>> found = await ReadAllAsync(
            operation, doubtful, null).ConfigureAwait(false);
        return
        [
            .. names.Value.Keys.Where(
                name => !found.TryGetValue(name, out Dictionary<string, ServiceRecord>? nodes) || nodes.Count > 0),
        ];
    }

    /// <summary>Whether one of some checks can make a difference for a service.</summary>
    public bool Concerns(IEnumerable<ConsulCheck> checks, string service)
    {
        string name = layout.ConsulNameOf(service);
        return checks.Any(check => check.Service.Length == 0 || check.Service == name);
    }
}
