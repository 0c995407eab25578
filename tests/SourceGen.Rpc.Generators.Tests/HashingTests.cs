using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>Which comparer the readers of dictionaries and sets give to which type of key.</summary>
public class HashingTests
{
    private const string Types = """
        public enum Small : short { A }
        public enum Large { A }
        public struct Plain { public int A { get; set; } }
        public sealed record Person(string Name);
        public class ByReference { public int A { get; set; } }
        public class ByValue { public int A { get; set; } public override int GetHashCode() => A; public override bool Equals(object? o) => true; }
        public sealed class Derived : ByValue { public new int GetHashCode() => 0; }
        public class Hides { public int A { get; set; } public int GetHashCode(int seed) => seed; }
        """;

    [Theory]
    [InlineData("bool")]
    [InlineData("byte")]
    [InlineData("sbyte")]
    [InlineData("short")]
    [InlineData("ushort")]
    [InlineData("char")]
    [InlineData("Small")]
    [InlineData("string")]
    [InlineData("byte[]")]
    [InlineData("List<int>")]
    [InlineData("Memory<byte>")]
    [InlineData("ReadOnlyMemory<byte>")]
    [InlineData("ByReference")]
    [InlineData("Hides")]
    [InlineData("Half")]
    [InlineData("byte?", "set only")]
    public void KeysThatCannotBeChosenToCollide_HaveTheDefaultComparer(string key, string? use = null) =>
        AssertNew(key, "new(global::System.Math.Min(count, 4096));", use is null);

    [Theory]
    [InlineData("int", "int")]
    [InlineData("uint", "uint")]
    [InlineData("long", "long")]
    [InlineData("ulong", "ulong")]
    [InlineData("float", "float")]
    [InlineData("double", "double")]
    [InlineData("Large", "global::Large")]
    [InlineData("Guid", "global::System.Guid")]
    [InlineData("DateTime", "global::System.DateTime")]
    [InlineData("DateTimeOffset", "global::System.DateTimeOffset")]
    [InlineData("TimeSpan", "global::System.TimeSpan")]
    [InlineData("DateOnly", "global::System.DateOnly")]
    [InlineData("TimeOnly", "global::System.TimeOnly")]
    [InlineData("Int128", "global::System.Int128")]
    [InlineData("UInt128", "global::System.UInt128")]
    [InlineData("Index", "global::System.Index")]
    [InlineData("Range", "global::System.Range")]
    [InlineData("System.Text.Rune", "global::System.Text.Rune")]
    public void KeysThatAreTheirBits_HaveASeededHash(string key, string name) => AssertNew(
        key,
        $"new(global::System.Math.Min(count, 4096), global::SourceGen.Rpc.CompilerServices.SeededComparer<{name}>.For(count));");

    [Theory]
    [InlineData("decimal")]
    [InlineData("(int, int)")]
    [InlineData("Tuple<int>")]
    [InlineData("KeyValuePair<int, int>")]
    [InlineData("Plain")]
    [InlineData("Person")]
    [InlineData("ByValue")]
    [InlineData("Derived")]
    [InlineData("Uri")]
    [InlineData("Version")]
    [InlineData("System.Numerics.BigInteger")]
    [InlineData("System.Numerics.Complex")]
    [InlineData("int?", "set only")]
    public void KeysWithTheirOwnHashCode_AreGuardedUntilTheyAreRead(string key, string? use = null)
    {
        string source = AssertNew(key, "new(global::System.Math.Min(count, 4096), guard);", use is null);

        Assert.Contains("> guard = global::SourceGen.Rpc.CompilerServices.CollisionGuard<", source, StringComparison.Ordinal);
        Assert.Contains("guard?.Release();", source, StringComparison.Ordinal);
    }

    /// <summary>The comparer goes from what is read into what is made of it.</summary>
    [Theory]
    [InlineData("System.Collections.Immutable.ImmutableHashSet<long>", "ImmutableHashSet.CreateRange(items.Comparer, items)")]
    [InlineData("System.Collections.Immutable.IImmutableSet<long>", "ImmutableHashSet.CreateRange(items.Comparer, items)")]
    [InlineData("System.Collections.Immutable.ImmutableDictionary<long, int>", "ImmutableDictionary.CreateRange(items.Comparer, items)")]
    [InlineData("System.Collections.Immutable.IImmutableDictionary<long, int>", "ImmutableDictionary.CreateRange(items.Comparer, items)")]
    [InlineData("System.Collections.Frozen.FrozenSet<long>", "FrozenSet.ToFrozenSet(items, items.Comparer)")]
    [InlineData("System.Collections.Frozen.FrozenDictionary<long, int>", "FrozenDictionary.ToFrozenDictionary(items, items.Comparer)")]
    [InlineData("System.Collections.Concurrent.ConcurrentDictionary<long, int>", "ConcurrentDictionary<long, int>(items, items.Comparer)")]
    [InlineData("OrderedDictionary<long, int>", "return items;")]
    [InlineData("System.Collections.ObjectModel.ReadOnlyDictionary<long, int>", "ReadOnlyDictionary<long, int>(items)")]
    [InlineData("System.Linq.ILookup<long, int>", "return items;")]
    public void EveryCollectionThatHashes_IsReadWithTheComparerOfItsKeys(string type, string made)
    {
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(
            $"[Service] public partial interface IA {{ ValueTask<{type}> A(); }}"));

        Assert.Empty(Harness.Problems(output));
        Assert.Single(Members(result), member =>
            member.Contains("SeededComparer<long>.For(count));", StringComparison.Ordinal)
            && member.Contains(made, StringComparison.Ordinal));
    }

    private static string AssertNew(string key, string expected, bool isDictionaryToo = true)
    {
        string dictionary = isDictionaryToo ? $"ValueTask<IDictionary<{key}, string>> B();" : "";
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(
            $"{Types} [Service] public partial interface IA {{ ValueTask<HashSet<{key}>> A(); {dictionary} }}"));
        Assert.Empty(Harness.Problems(output));

        string[] created = [.. Members(result)
            .Where(static s => s.Contains("HashSet<", StringComparison.Ordinal) || s.Contains("Dictionary<", StringComparison.Ordinal))
            .Where(static s => s.Contains(" items = new(", StringComparison.Ordinal))
            .Where(static s => !s.Contains("Generic.List<int> items", StringComparison.Ordinal))];
        Assert.Equal(isDictionaryToo ? 2 : 1, created.Length);
        Assert.All(created, source => Assert.Contains(" items = " + expected, source, StringComparison.Ordinal));
        return string.Concat(created);
    }

    private static IEnumerable<string> Members(GeneratorRunResult result) =>
        result.GeneratedSources.SelectMany(static source => source.SourceText.ToString().Split("[global::System.CodeDom.Compiler."));
}
