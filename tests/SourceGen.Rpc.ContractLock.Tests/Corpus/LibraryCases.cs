using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>The scalars of the class library: numbers of other sizes, and references that may be null.</summary>
internal static class LibraryCases
{
    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "a half sent became wider", ("Half", "(Half)0.5"), ("double", "2049"), "0.5", "2048", [Fits(NumberWidened, None, Lost)]),
        ChangeCase.Result(
            "a fraction returned became a half", ("float", "2049"), ("Half", "(Half)0.5"), "0.5", "2048",
            [Breaks(NumberNarrowed, None, Lost)]),
        ChangeCase.Parameter(
            "a URI sent may be null", ("Uri", "new(\"a\", UriKind.Relative)"), ("Uri?", "null"), "a", "null",
            [Fits(NullableAdded, None, Unexpected)]),
        ChangeCase.Parameter(
            "a version sent may not be null", ("Version?", "null"), ("Version", "new(1, 2)"), "null", "1.2",
            [Fits(NullableRemoved, Unexpected)]),
        ChangeCase.Parameter(
            "a date sent may not be null", ("DateOnly?", "null"), ("DateOnly", "new(1, 1, 2)"), "!InvalidArgument nil", "01/02/0001",
            [Breaks(NullableRemoved, Fails)]),
        ChangeCase.Parameter(
            "an integer became a wide one", ("long", "1"), ("Int128", "1"), "!Unimplemented is int64 here and int128 at",
            "!Unimplemented is int128 here and int64 at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "a text became a URI", ("string", "\"a\""), ("Uri", "new(\"a\", UriKind.Relative)"), "!Unimplemented is string here and uri at",
            "!Unimplemented is uri here and string at", [Breaks(TypeChanged, Refused, Refused)]),
    ];
}
