using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Enums: numbers are on the wire, names are not.</summary>
internal static class EnumCases
{
    private const string AB = "public enum E { A, B }";
    private const string ABC = "public enum E { A, B, C }";

    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "an enum value sent added", ("E", "E.A"), ("E", "E.C"), "A", "2", [Fits(EnumValueAdded, None, Unexpected)], AB, ABC),
        ChangeCase.Result(
            "an enum value returned added", ("E", "E.A"), ("E", "E.C"), "2", "A", [Fits(EnumValueAdded, Unexpected)], AB, ABC),
        ChangeCase.Parameter(
            "an enum value sent removed", ("E", "E.C"), ("E", "E.A"), "2", "A", [Breaks(EnumValueRemoved, Unexpected, None, Unexpected)],
            ABC, AB),
        ChangeCase.Result(
            "an enum value returned removed", ("E", "E.C"), ("E", "E.A"), "A", "2",
            [Breaks(EnumValueRemoved, None, Unexpected, Unexpected)], ABC, AB),
        ChangeCase.Parameter(
            "an enum value renamed", ("E", "E.B"), ("E", "E.Z"), "Z", "B", [Fits(EnumValueRenamed)], AB, "public enum E { A, Z }"),
        ChangeCase.Parameter(
            "enum values declared in another order", ("E", "E.A"), ("E", "E.A"), "B", "B",
            [Breaks(EnumValueChanged, Misread, Misread, Misread), Breaks(EnumValueChanged, Misread, Misread, Misread)],
            AB, "public enum E { B, A }"),
        ChangeCase.Parameter(
            "enum values declared in another order with their numbers", ("E", "E.A"), ("E", "E.A"), "A", "A", [],
            AB, "public enum E { B = 1, A = 0 }"),
        ChangeCase.Parameter(
            "an enum value inserted in front", ("E", "E.B"), ("E", "E.B"), "A", "2",
            [Breaks(EnumValueChanged, Misread, Misread, Misread), Breaks(EnumValueChanged, Misread, Misread, Misread)],
            AB, "public enum E { New, A, B }"),
        ChangeCase.Result(
            "an enum's numbers became wider", ("E", "E.A"), ("E", "E.B"), "!Internal 300", "A",
            [Breaks(NumberWidened, Fails), Fits(EnumValueAdded, Unexpected)],
            "public enum E : byte { A }", "public enum E : short { A, B = 300 }"),
        ChangeCase.Parameter(
            "an enum's numbers became narrower", ("E", "(E)300"), ("E", "E.A"), "!InvalidArgument 300", "A",
            [Breaks(NumberNarrowed, Fails)], "public enum E : short { A }", "public enum E : byte { A }"),
        ChangeCase.Parameter("an enum became a number", ("E", "E.B"), ("int", "1"), "1", "B", [Fits(TypeRenamed)], AB, ""),
        ChangeCase.Parameter("a number became an enum", ("int", "1"), ("E", "E.B"), "B", "1", [Fits(TypeRenamed)], "", AB),
        ChangeCase.Parameter(
            "an enum became text", ("E", "E.B"), ("string", "\"B\""), "!Unimplemented is the enum Corpus.E here and string at",
            "!Unimplemented is string here and the enum Corpus.E at", [Breaks(TypeChanged, Refused, Refused)], AB, ""),
    ];
}
