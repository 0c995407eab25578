using System.Globalization;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>Which SRV records count, and what their numbers are as metadata (RFC 2782).</summary>
internal static class SrvSelection
{
    /// <summary>The metadata of a node that holds its priority.</summary>
    public const string PriorityKey = "priority";

    /// <summary>The records to use, without those whose target is the root, which says that there is no such service.</summary>
    public static List<SrvData> Choose(IEnumerable<DnsRecord> records, bool allPriorities)
    {
        List<SrvData> chosen = [.. records.Select(static record => record.Data).OfType<SrvData>().Where(
            static srv => !srv.Target.IsRoot && srv.Port > 0)];
        if (chosen.Count == 0 || allPriorities) return chosen;
        ushort lowest = chosen.Min(static srv => srv.Priority);
        chosen.RemoveAll(srv => srv.Priority != lowest);
        return chosen;
    }

    /// <summary>
    /// Priority and weight of a record. Where all of a priority have weight 0 there is nothing to choose by, and no weight is written.
    /// Beside others, 0 is the smallest weight there is, because a node with weight 0 would get no calls, which is not what the RFC wants.
    /// </summary>
    public static ServiceMetadata MetadataOf(SrvData srv, IEnumerable<SrvData> all)
    {
        ServiceMetadata metadata = ServiceMetadata.Empty.With(PriorityKey, srv.Priority.ToString(CultureInfo.InvariantCulture));
        if (all.All(other => other.Priority != srv.Priority || other.Weight == 0)) return metadata;
        return metadata.With(ServiceMetadataKeys.Weight, Math.Max((int)srv.Weight, 1).ToString(CultureInfo.InvariantCulture));
    }
}
