using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Records in failure messages, with their nodes and bounded.</summary>
internal static class RecordText
{
    private const int MaxLength = 2_000;

    public static string Of(IEnumerable<ServiceRecord> records)
    {
        string text = string.Join("; ", records.Take(50).Select(static record =>
            $"{record.Key} {{{record.Metadata}}} {record.Endpoints.Length} endpoints "
            + $"[{string.Join(", ", record.Nodes.Take(50).Select(static node => $"{node} {{{node.Metadata}}}"))}]"));
        return text.Length == 0 ? "(none)" : text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }
}
