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
    [InlineData("int?", "set only")]
    public void KeysWithTheirOwnHashCode_AreGuardedUntilTheyAreRead(string key, string? use = null)
    {
        string source = AssertNew(key, "new(global::System.Math.Min(count, 4096), guard);", use is null);

        Assert.Contains("> guard = global::SourceGen.Rpc.CompilerServices.CollisionGuard<", source, StringComparison.Ordinal);
        Assert.Contains("guard?.Release();", source, StringComparison.Ordinal);
    }

    private static string AssertNew(string key, string expected, bool isDictionaryToo = true)
    {
        string dictionary = isDictionaryToo ? $"ValueTask<IDictionary<{key}, string>> B();" : "";
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(
            $"{Types} [Service] public partial interface IA {{ ValueTask<HashSet<{key}>> A(); {dictionary} }}"));
        Assert.Empty(Harness.Problems(output));

        string[] created = [.. result.GeneratedSources.Select(static s => s.SourceText.ToString())
            .Where(static s => s.Contains("HashSet<", StringComparison.Ordinal) || s.Contains("Dictionary<", StringComparison.Ordinal))
            .Where(static s => s.Contains(" items = new(", StringComparison.Ordinal))
            .Where(static s => !s.Contains("Generic.List<int> items", StringComparison.Ordinal))];
        Assert.Equal(isDictionaryToo ? 2 : 1, created.Length);
        Assert.All(created, source => Assert.Contains(" items = " + expected, source, StringComparison.Ordinal));
        return string.Concat(created);
    }
}
