using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Numbers that became wider or narrower: who reads decides whom it breaks.</summary>
internal static class NumberCases
{
    private const string Large = "9223372036854775807";

    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "an integer sent became wider", ("int", "7"), ("long", "long.MaxValue"), "7", "!InvalidArgument " + Large,
            [Fits(NumberWidened, None, Fails)]),
        ChangeCase.Parameter(
            "an integer sent became narrower", ("long", "long.MaxValue"), ("int", "7"), "!InvalidArgument " + Large, "7",
            [Breaks(NumberNarrowed, Fails)]),
        ChangeCase.Parameter(
            "an integer sent lost its sign", ("int", "-1"), ("uint", "uint.MaxValue"), "!InvalidArgument -1", "!InvalidArgument 4294967295",
            [Breaks(NumberNarrowed, Fails, Fails)]),
        ChangeCase.Parameter(
            "an unsigned integer sent became signed and wider", ("uint", "uint.MaxValue"), ("long", "-1"), "4294967295",
            "!InvalidArgument -1", [Fits(NumberWidened, None, Fails)]),
        ChangeCase.Result(
            "an integer returned became wider", ("int", "7"), ("long", "long.MaxValue"), "!Internal " + Large, "7",
            [Breaks(NumberWidened, Fails)]),
        ChangeCase.Result(
            "an integer returned became narrower", ("long", "long.MaxValue"), ("int", "7"), "7", "!Internal " + Large,
            [Breaks(NumberNarrowed, None, Fails)]),
        ChangeCase.Parameter(
            "a fraction sent became wider", ("float", "0.5f"), ("double", "0.123456789012"), "0.5", "0.12345679",
            [Fits(NumberWidened, None, Lost)]),
        ChangeCase.Parameter(
            "a fraction sent became narrower", ("double", "0.123456789012"), ("float", "0.5f"), "0.12345679", "0.5",
            [Breaks(NumberNarrowed, Lost)]),
        ChangeCase.Result(
            "a fraction returned became wider", ("float", "0.5f"), ("double", "0.123456789012"), "0.12345679", "0.5",
            [Breaks(NumberWidened, Lost)]),
        ChangeCase.Result(
            "a fraction returned became narrower", ("double", "0.123456789012"), ("float", "0.5f"), "0.5", "0.12345679",
            [Breaks(NumberNarrowed, None, Lost)]),
        ChangeCase.Parameter(
            "a half sent became a fraction", ("Half", "(Half)0.5"), ("float", "0.12345679f"), "0.5", "0.1235",
            [Fits(NumberWidened, None, Lost)]),
        ChangeCase.Parameter(
            "an integer became one of any size", ("long", "1"), ("System.Numerics.BigInteger", "1"),
            "!Unimplemented is int64 here and bigint at", "!Unimplemented is bigint here and int64 at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "an integer became a fraction", ("int", "1"), ("double", "1"), "!Unimplemented is int32 here and float64 at",
            "!Unimplemented is float64 here and int32 at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "a character became a number", ("char", "'a'"), ("int", "97"), "!Unimplemented is char here and int32 at",
            "!Unimplemented is int32 here and char at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Result(
            "the integers of a list became wider", ("List<int>", "[7]"), ("List<long>", "[long.MaxValue]"), "!Internal " + Large, "[7]",
            [Breaks(NumberWidened, Fails)]),
        ChangeCase.Parameter(
            "the keys of a map became wider", ("Dictionary<int, bool>", "new() { [7] = true }"),
            ("Dictionary<long, bool>", "new() { [long.MaxValue] = true }"), "[[7, True]]", "!InvalidArgument " + Large,
            [Fits(NumberWidened, None, Fails)]),
    ];
}
