using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>What the generator gives the build to write.</summary>
public sealed class UpdateTests
{
    private const string Old = """
        [Service(Name = "A")] public partial interface IA { ValueTask M(int a); }
        [Service(Name = "B")] public partial interface IB { ValueTask M(int a); }
        """;

    private static readonly string OldLock = LockProject.Of(Old).Write();

    [Theory]
    [InlineData("")]
    [InlineData("false")]
    public void A_build_that_does_not_ask_gets_nothing(string update) =>
        Assert.Null(LockProject.Generated(Harness.Compile(Old), OldLock, update, reason: null));

    [Fact]
    public void A_lock_that_does_not_exist_is_created_when_that_is_asked_for_only()
    {
        Assert.Null(LockProject.Generated(Harness.Compile(Old), existing: null, "true", reason: null));
        Assert.Equal(OldLock, LockProject.Generated(Harness.Compile(Old), existing: null, "create", reason: null));
    }

    [Fact]
    public void A_project_without_contracts_gets_no_lock() =>
        Assert.Null(LockProject.Generated(Harness.Compile("class Program;"), existing: null, "create", reason: null));

    [Fact]
    public void An_empty_lock_is_filled() => Assert.Equal(OldLock, LockProject.Generated(Harness.Compile(Old), "", "true", reason: null));

    [Fact]
    public void What_is_compatible_is_written()
    {
        string? text = LockProject.Generated(Compile("int a", "int a, int b = 0"), OldLock, "true", reason: null);

        Assert.Equal(OldLock.Edit("M(a: int32)", "M(a: int32, b: int32 = default)"), text);
    }

    [Fact]
    public void What_breaks_others_is_not_written_until_it_is_accepted() =>
        Assert.Null(LockProject.Generated(Compile("int a", "string a"), OldLock, "true", reason: null));

    [Fact]
    public void What_is_accepted_stands_in_the_lock_with_its_reason()
    {
        string? text = LockProject.Generated(Compile("int a", "string a"), OldLock, "true", "nobody calls it; see #12");

        string accepted = """
              },
              "types": {},
              "accepted": [
                "A/M parameter 'a' was int32 and is string: breaks old clients and old servers. nobody calls it; see #12",
                "B/M parameter 'a' was int32 and is string: breaks old clients and old servers. nobody calls it; see #12"
              ]
            }

            """;
        Assert.EndsWith(accepted, text, StringComparison.Ordinal);
        Assert.Contains("M(a: string) -> void", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_accepted_stays_and_the_lock_is_good()
    {
        CSharpCompilation changed = Compile("int a", "string a");
        string accepted = LockProject.Generated(changed, OldLock, "true", "why")!;

        Assert.Empty(await LockProject.Of(changed, accepted).PrintAsync());
        Assert.Equal(accepted, LockProject.Generated(changed, accepted, "true", reason: null));
    }

    [Fact]
    public void Accepting_a_removed_service_names_it()
    {
        string? text = LockProject.Generated(
            Harness.Compile(Old.Split('\n')[0]), OldLock, "true", "true");

        Assert.Contains("\"Service B was removed: breaks old clients. no reason given\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"B\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_cannot_be_read_is_not_overwritten() =>
        Assert.Null(LockProject.Generated(Harness.Compile(Old), "{", "true", "why"));

    private static CSharpCompilation Compile(string before, string after) =>
        Harness.Compile(Old.Edit(before, after));
}
