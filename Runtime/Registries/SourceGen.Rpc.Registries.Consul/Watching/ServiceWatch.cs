using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Watching;

/// <summary>Follows one service by blocking queries.</summary>
internal sealed class ServiceWatch(ConsulClient client, CatalogReader catalog, WatchTimes times, ILogger logger)
{
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string what = $"watch {service}";
        NodeTable nodes = new();
        List<RegistryEvent> events = [];
        while (true)
        {
            ConsulResult<Dictionary<string, ServiceRecord>> now = await ReadAsync(
                what, service, default, cancellationToken).ConfigureAwait(false);
            yield return nodes.Reset(now.Value);
            while (true)
            {
                ConsulQuery query = new(now.Endpoint, now.Index, times.Wait);
                ConsulResult<Dictionary<string, ServiceRecord>> next = await ReadAsync(
                    what, service, query, cancellationToken).ConfigureAwait(false);
                if (next.Index < now.Index)
                {
                    ConsulLog.IndexReset(logger, now.Index, next.Index);
                    break;
                }

                now = next;
                nodes.Replace(static _ => true, now.Value, events);
                foreach (RegistryEvent happened in events) yield return happened;
                events.Clear();
            }
        }
    }

    private async ValueTask<ConsulResult<Dictionary<string, ServiceRecord>>> ReadAsync(
        string what, string service, ConsulQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await times.AskAsync(
                what, query, operation => catalog.ReadAsync(operation, service, query), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException) when (query.Endpoint is { } agent)
        {
            client.Avoid(agent);
            throw;
        }
    }
}
