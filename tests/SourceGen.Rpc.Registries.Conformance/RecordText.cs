using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Records in failure messages, with their nodes and bounded.</summary>
public static class RecordText
{
    private const int MaxLength = 2_000;

    /// <summary>
    /// Fails when two lists of records are not the same. Lists of records are equal to xunit when they are the same list.
    /// </summary>
    /// <param name="expected">What is expected.</param>
    /// <param name="actual">What is there.</param>
    public static void AssertEqual(IEnumerable<ServiceRecord> expected, IEnumerable<ServiceRecord> actual) =>
        Assert.True(expected.SequenceEqual(actual), $"Expected: {Of(expected)}\nActual:   {Of(actual)}");

    /// <summary>The records with their nodes.</summary>
    /// <param name="records">The records.</param>
    public static string Of(IEnumerable<ServiceRecord> records)
    {
        string text = string.Join("; ", records.Take(50).Select(static record =>
            $"{record.Key} {{{record.Metadata}}} {record.Endpoints.Length} endpoints "
            + $"[{string.Join(", ", record.Nodes.Take(50).Select(static node => $"{node} {{{node.Metadata}}}"))}]"));
        return text.Length == 0 ? "(none)" : text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }
}
