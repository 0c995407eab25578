using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Null: for references it is on the wire anyway, for values it is not.</summary>
internal static class NullabilityCases
{
    private const string Person = "public sealed record Person(string Name);";
    private const string Point = "public record struct Point(int X);";

    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "a value sent may be null", ("int", "1"), ("int?", "null"), "1", "!InvalidArgument nil", [Fits(NullableAdded, None, Fails)]),
        ChangeCase.Parameter(
            "a value sent may not be null", ("int?", "null"), ("int", "1"), "!InvalidArgument nil", "1", [Breaks(NullableRemoved, Fails)]),
        ChangeCase.Result(
            "a value returned may be null", ("int", "1"), ("int?", "null"), "!Internal nil", "1", [Breaks(NullableAdded, Fails)]),
        ChangeCase.Result(
            "a value returned may not be null", ("int?", "null"), ("int", "1"), "1", "!Internal nil",
            [Breaks(NullableRemoved, None, Fails)]),
        ChangeCase.Parameter(
            "a reference sent may be null", ("string", "\"x\""), ("string?", "null"), "x", "null", [Fits(NullableAdded, None, Unexpected)]),
        ChangeCase.Parameter(
            "a reference sent may not be null", ("string?", "null"), ("string", "\"x\""), "null", "x", [Fits(NullableRemoved, Unexpected)]),
        ChangeCase.Result(
            "a reference returned may be null", ("string", "\"x\""), ("string?", "null!"), "null", "x", [Fits(NullableAdded, Unexpected)]),
        ChangeCase.Result(
            "a reference returned may not be null", ("string?", "null"), ("string", "\"x\""), "x", "null",
            [Fits(NullableRemoved, None, Unexpected)]),
        ChangeCase.Parameter(
            "an address sent may not be null", ("Uri?", "null"), ("Uri", "new(\"urn:b\")"), "null", "urn:b",
            [Fits(NullableRemoved, Unexpected)]),
        ChangeCase.Parameter(
            "an object sent may not be null", ("Person?", "null"), ("Person", "new(\"x\")"), "null", "Person { Name = x }",
            [Fits(NullableRemoved, Unexpected)], Person, Person),
        ChangeCase.Parameter(
            "a struct sent may not be null", ("Point?", "null"), ("Point", "new(1)"), "!InvalidArgument nil", "Point { X = 1 }",
            [Breaks(NullableRemoved, Fails)], Point, Point) with { IsOfLockOnly = true },
        ChangeCase.Parameter(
            "a member by index may not be null", ("Person", "new(null, 1)"), ("Person", "new(2, 1)"), "Person { A = 0, B = 1 }",
            "Person { A = 2, B = 1 }", [Breaks(NullableRemoved, Lost, None, Lost)],
            "public sealed record Person([property: Key(0)] int? A, [property: Key(1)] int B);",
            "public sealed record Person([property: Key(0)] int A, [property: Key(1)] int B);"),
        ChangeCase.Parameter(
            "a member by name may not be null", ("Person", "new(null)"), ("Person", "new(2)"), "!InvalidArgument nil", "Person { A = 2 }",
            [Breaks(NullableRemoved, Fails, None, Fails)], "public sealed record Person(int? A);", "public sealed record Person(int A);"),
    ];
}
