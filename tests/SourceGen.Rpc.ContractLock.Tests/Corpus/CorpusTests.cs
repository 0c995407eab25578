using Microsoft.CodeAnalysis;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>
/// Every kind of change: what the comparison and the lock say of it, and then old against new and new against old over a connection, to
/// see that it is so.
/// </summary>
public sealed class CorpusTests
{
    public static readonly ChangeCase[] Cases =
    [
        .. MethodCases.All, .. ParameterCases.All, .. NumberCases.All, .. NullabilityCases.All, .. MemberCases.All, .. EnumCases.All,
        .. StreamCases.All, .. ErrorCases.All, .. UnionCases.All, .. LibraryCases.All,
    ];

    /// <summary>The lines of the lock are others, and mean the same.</summary>
    private const string Stale = "SGR0064";

    public static TheoryData<string> Names => [.. Cases.Select(static change => change.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_said_of_a_change_is_what_happens(string name)
    {
        ChangeCase change = Cases.Single(change => change.Name == name);
        using CompiledVersion before = new(change.Old, "Before");
        using CompiledVersion after = new(change.New, "After");

        if (!change.IsOfLockOnly)
        {
            IReadOnlyList<ContractDifference> differences = ContractComparison.Compare(before.Contract.Schema, after.Contract.Schema);
            Assert.Equal(
                change.Changes.Select(static c => c.ToString()).Order(StringComparer.Ordinal),
                differences.Select(static d => Change.Of(d).ToString()).Order(StringComparer.Ordinal));
            Assert.All(differences, AssertReadable);
        }

        await AssertLockSays(before, after, change.Changes);

        // Each version gets on with itself, or the rest would prove nothing.
        string oldBase = await before.CallAsync(before), newBase = await after.CallAsync(after);
        Assert.DoesNotContain("!", oldBase, StringComparison.Ordinal);
        Assert.DoesNotContain("!", newBase, StringComparison.Ordinal);
        string oldClient = await before.CallAsync(after), oldServer = await after.CallAsync(before);
        AssertSeen(change.OldClient, oldClient);
        AssertSeen(change.OldServer, oldServer);
        AssertEffect(Worst(change, static c => c.OldClients), oldClient, change.IsResult ? newBase : oldBase);
        AssertEffect(Worst(change, static c => c.OldServers), oldServer, change.IsResult ? oldBase : newBase);

        // What an old client sends, or an old server returns, is what was stored: the new version reads it there as it does here.
        bool isReadable = !(change.IsResult ? oldServer : oldClient).StartsWith('!');
        if (Worst(change, static c => c.StoredData) == ContractEffect.Fails) Assert.False(isReadable);
        else if (Worst(change, static c => c.StoredData) != ContractEffect.None) Assert.True(isReadable);
    }

    [Fact]
    public void The_corpus_is_large_and_has_every_kind_of_difference()
    {
        Assert.True(Cases.Length >= 60);
        Assert.Equal(Cases.Length, Cases.DistinctBy(static change => change.Name).Count());
        ContractDifferenceKind[] missing = [.. Enum.GetValues<ContractDifferenceKind>()
            .Except(Cases.SelectMany(static change => change.Changes).Select(static change => change.Kind))];

        // Contracts of a million pairs of types are compared in ContractComparerTests.
        Assert.Equal([ContractDifferenceKind.NotCompared], missing);
    }

    private static ContractEffect Worst(ChangeCase change, Func<Change, ContractEffect> party) =>
        change.Changes.Length == 0 ? ContractEffect.None : change.Changes.Max(party);

    private static void AssertEffect(ContractEffect effect, string seen, string undisturbed)
    {
        switch (effect)
        {
            case ContractEffect.None or ContractEffect.Unexpected:
                Assert.False(seen.StartsWith('!'), seen);
                break;
            case ContractEffect.Lost or ContractEffect.Misread:
                Assert.False(seen.StartsWith('!'), seen);
                Assert.NotEqual(undisturbed, seen);
                break;
            case ContractEffect.Fails:
                Assert.True(seen.StartsWith('!') && !seen.StartsWith("!Unimplemented", StringComparison.Ordinal), seen);
                break;
            case ContractEffect.Refused:
                Assert.StartsWith("!Unimplemented", seen, StringComparison.Ordinal);
                break;
        }
    }

    private static void AssertSeen(string expected, string seen)
    {
        if (!expected.StartsWith('!'))
        {
            Assert.Equal(expected, seen);
            return;
        }

        int space = expected.IndexOf(' ', StringComparison.Ordinal);
        Assert.StartsWith(expected[..space], seen, StringComparison.Ordinal);
        Assert.Contains(expected[(space + 1)..], seen, StringComparison.Ordinal);
    }

    private static void AssertReadable(ContractDifference difference)
    {
        Assert.StartsWith(difference.Subject, difference.What, StringComparison.Ordinal);
        Assert.EndsWith(".", difference.Why, StringComparison.Ordinal);
        Assert.Equal(difference.IsBreaking, difference.WayOut.Length > 0);
        Assert.Equal(difference.IsBreaking, difference.Affected.Length > 0);
        Assert.DoesNotContain("  ", difference.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The lock of the old version, in a project that has the new one.</summary>
    private static async Task AssertLockSays(CompiledVersion before, CompiledVersion after, Change[] changes)
    {
        LockProject locked = LockProject.Of(before.Compilation);
        string text = locked.Write();
        Assert.Empty(await LockProject.Of(before.Compilation, text).AnalyzeAsync());

        IReadOnlyList<Diagnostic> diagnostics = await LockProject.Of(after.Compilation, text).AnalyzeAsync();
        Assert.Equal(changes.Any(static c => c.IsBreaking), diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error));
        Assert.Equal(changes.Length > 0, diagnostics.Any(static d => d.Id != Stale));
    }
}
