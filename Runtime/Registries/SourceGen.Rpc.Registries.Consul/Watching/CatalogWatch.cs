using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Watching;

/// <summary>
/// Follows all services, whose nodes Consul does not tell in one query: a blocking query for the names with their tags, in which every
/// entry and change shows, and one for the checks that are not passed. Services that either concerns are read again.
/// </summary>
internal sealed class CatalogWatch(ConsulClient client, CatalogReader catalog, ConsulLayout layout, WatchTimes times, ILogger logger)
{
    private const string What = "watch all services";

    public async IAsyncEnumerable<RegistryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NodeTable nodes = new();
        List<RegistryEvent> events = [];
        while (true)
        {
            ConsulResult<ImmutableSortedDictionary<string, string>> names = await ReadNamesAsync(
                default, cancellationToken).ConfigureAwait(false);
            int agent = names.Endpoint;
            ConsulResult<ImmutableHashSet<ConsulCheck>> failing = await ReadFailingAsync(
                new ConsulQuery(agent), cancellationToken).ConfigureAwait(false);
            yield return nodes.Reset(
                (
                    await ReadNodesAsync(
                        [.. names.Value.Keys], agent, cancellationToken).ConfigureAwait(false)).Values.SelectMany(static found =>
                        found));

            // Both are ended together, whichever way the enumeration ends.
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<ConsulResult<ImmutableSortedDictionary<string, string>>>? naming = null;
            Task<ConsulResult<ImmutableHashSet<ConsulCheck>>>? checking = null;
            try
            {
                while (true)
                {
                    naming ??= ReadNamesAsync(new ConsulQuery(agent, names.Index, times.Wait), end.Token).AsTask();
                    checking ??= ReadFailingAsync(new ConsulQuery(agent, failing.Index, times.Wait), end.Token).AsTask();
                    await Task.WhenAny(naming, checking).ConfigureAwait(false);
                    HashSet<string> changed = new(StringComparer.Ordinal);
                    bool isReset = false;
                    if (naming.IsCompleted)
                    {
                        ConsulResult<ImmutableSortedDictionary<string, string>> next = await naming.ConfigureAwait(false);
                        naming = null;
                        isReset = IsReset(names.Index, next.Index);
                        changed.UnionWith(ChangedNames(names, next));
                        names = next;
                    }

                    if (checking is { IsCompleted: true })
                    {
                        ConsulResult<ImmutableHashSet<ConsulCheck>> next = await checking.ConfigureAwait(false);
                        checking = null;
                        isReset |= IsReset(failing.Index, next.Index);
                        ImmutableHashSet<ConsulCheck> differences = failing.Value.SymmetricExcept(next.Value);
                        if (!differences.IsEmpty) changed.UnionWith(names.Value.Keys.Where(name => catalog.Concerns(differences, name)));
                        failing = next;
                    }

                    if (isReset) break;
                    foreach ((string service, Dictionary<string, ServiceRecord> found) in
                        await ReadNodesAsync([.. changed], agent, cancellationToken).ConfigureAwait(false))
                    {
                        nodes.Replace(record => record.Name == service, found, events);
                    }

                    foreach (RegistryEvent happened in events) yield return happened;
                    events.Clear();
                }
            }
            finally
            {
                await end.CancelAsync().ConfigureAwait(false);
                // What they end with has nobody to be told to: the enumeration is over, or begins anew.
                if (naming is not null) await ((Task)naming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (checking is not null) await ((Task)checking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The services whose tags are others than before; where tags do not tell, all, when anything changed at all.</summary>
    private IEnumerable<string> ChangedNames(
        ConsulResult<ImmutableSortedDictionary<string, string>> before, ConsulResult<ImmutableSortedDictionary<string, string>> now)
    {
        if (before.Index == now.Index) return [];
        IEnumerable<string> all = before.Value.Keys.Union(now.Value.Keys);
        return layout.TagsTellChanges ? all.Where(name => before.Value.GetValueOrDefault(name) != now.Value.GetValueOrDefault(name)) : all;
    }

    private bool IsReset(ulong before, ulong now)
    {
        if (now >= before) return false;
        ConsulLog.IndexReset(logger, before, now);
        return true;
    }

    private ValueTask<ConsulResult<ImmutableSortedDictionary<string, string>>> ReadNamesAsync(
        ConsulQuery query, CancellationToken cancellationToken) =>
        AskAsync(query, operation => catalog.ReadNamesAsync(operation, query), cancellationToken);

    private ValueTask<ConsulResult<ImmutableHashSet<ConsulCheck>>> ReadFailingAsync(
        ConsulQuery query, CancellationToken cancellationToken) =>
        AskAsync(query, operation => client.ReadFailingAsync(operation, query), cancellationToken);

    private async ValueTask<IReadOnlyDictionary<string, Dictionary<string, ServiceRecord>>> ReadNodesAsync(
        IReadOnlyCollection<string> services, int agent, CancellationToken cancellationToken)
    {
        // As long as the services are many: each may take what one answer may take.
        using RegistryOperation operation = new(What, times.Timeout * Math.Max(1, services.Count / 8), cancellationToken);
        return await catalog.ReadAllAsync(operation, services, agent).ConfigureAwait(false);
    }

    private async ValueTask<ConsulResult<T>> AskAsync<T>(
        ConsulQuery query, Func<RegistryOperation, ValueTask<ConsulResult<T>>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await times.AskAsync(What, query, ask, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException) when (query.Endpoint is { } agent)
        {
            client.Avoid(agent);
            throw;
        }
    }
}
