using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Watching;

/// <summary>Makes records of what the catalog holds. Thread safe.</summary>
internal sealed class InstanceReader(ConsulLayout layout, ILogger logger)
{
    private readonly UnreadableContents _unreadable = new();

    /// <summary>
    /// Reads the services that are of the layout, each a record with one node, by key and node id: one that is registered at two agents is
    /// there once. What cannot be read is logged, once, and skipped.
    /// </summary>
    /// <param name="service">The name that they were asked for.</param>
    /// <param name="instances">What was found.</param>
    public Dictionary<string, ServiceRecord> Read(string service, ImmutableArray<ConsulInstance> instances)
    {
        Dictionary<string, ServiceRecord> records = new(StringComparer.Ordinal);
        foreach (ConsulInstance instance in instances)
        {
            if (!layout.IsOurs(instance.Service.Tags)) continue;
            if (!layout.TryRead(instance, out ServiceRecord? single, out string? problem)) Report(instance, problem);
            else if (single.Name != service) Report(instance, $"it is a record of {single.Name}");
            else records[$"{single.Key}\n{single.Nodes[0].Id}"] = single;
        }

        return records;
    }

    private void Report(ConsulInstance instance, string problem)
    {
        byte[] content = Encoding.UTF8.GetBytes($"{string.Join('\n', instance.Service.Tags)}\n{string.Join('\n', instance.Service.Meta)}");
        if (_unreadable.Add(instance.Service.Id, content))
        {
            ConsulLog.RecordSkipped(logger, instance.Service.Id, instance.Service.Name, problem);
        }
    }
}
