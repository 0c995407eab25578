using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Compares records as they compare themselves; xunit looks into immutable arrays by means of its own.</summary>
internal static class RecordAssert
{
    public static void Equal(IEnumerable<ServiceRecord> expected, IEnumerable<ServiceRecord> actual) =>
        Assert.True(expected.SequenceEqual(actual), $"Expected: {Describe(expected)}\nActual:   {Describe(actual)}");

    private static string Describe(IEnumerable<ServiceRecord> records) =>
        string.Join("; ", records.Select(static record => $"{record.Key} {{{record.Metadata}}} [{string.Join(", ", record.Nodes)}]"));
}
