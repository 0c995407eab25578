using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Parameters: what is told apart by its place alone.</summary>
internal static class ParameterCases
{
    private static readonly ContractVersion A = Method("ValueTask<string> M(int a)", "new($\"a={a}\")", "await s.M(1)");

    private static readonly ContractVersion AB =
        Method("ValueTask<string> M(int a, int b)", "new($\"a={a} b={b}\")", "await s.M(a: 1, b: 2)");

    private static readonly ContractVersion AWithDefaultB =
        Method("ValueTask<string> M(int a, int b = 5)", "new($\"a={a} b={b}\")", "await s.M(a: 1, b: 2)");

    public static readonly ChangeCase[] All =
    [
        new("parameter added with a default", A, AWithDefaultB, "a=1 b=5", "a=1", [Fits(ParameterAdded, None, Lost)]),
        new(
            "parameter added without a default", A, AB, "!Unimplemented parameter 'b' is missing here, and the server at", "a=1",
            [Breaks(ParameterAdded, Refused, Lost)]),
        new("parameter with a default removed", AWithDefaultB, A, "a=1", "a=1 b=5", [Breaks(ParameterRemoved, Lost)]),
        new(
            "parameter without a default removed", AB, A, "a=1", "!Unimplemented parameter 'b' is missing here",
            [Breaks(ParameterRemoved, Lost, Refused)]),
        new(
            "parameter renamed", A, Method("ValueTask<string> M(int x)", "new($\"a={x}\")", "await s.M(x: 1)"), "a=1", "a=1",
            [Fits(ParameterRenamed)]),
        new(
            "parameters of one type changed places", AB,
            Method("ValueTask<string> M(int b, int a)", "new($\"a={a} b={b}\")", "await s.M(a: 1, b: 2)"), "a=2 b=1", "a=2 b=1",
            [Breaks(ParameterMoved, Misread, Misread), Breaks(ParameterMoved, Misread, Misread)]),
        new(
            "parameter added in front of another one", AWithDefaultB,
            Method(
                "ValueTask<string> M(int a, int n = 0, int b = 5)", "new($\"a={a} b={b}\")", "await s.M(a: 1, n: 3, b: 2)"),
            "a=1 b=5", "a=1 b=3", [Fits(ParameterAdded, None, Lost), Breaks(ParameterMoved, Misread, Misread)]),
        new(
            "parameters of different types changed places",
            Method("ValueTask<string> M(int a, string b)", "new($\"a={a} b={b}\")", "await s.M(1, \"x\")"),
            Method("ValueTask<string> M(string b, int a)", "new($\"a={a} b={b}\")", "await s.M(\"x\", 1)"),
            "!Unimplemented parameter 'a' is int32 here and string at", "!Unimplemented parameter 'b' is string here and int32 at",
            [
                Breaks(ParameterMoved, Misread, Misread), Breaks(ParameterMoved, Misread, Misread),
                Breaks(TypeChanged, Refused, Refused), Breaks(TypeChanged, Refused, Refused),
            ]),
        new("parameter got a default", AB, AWithDefaultB, "a=1 b=2", "a=1 b=2", [Fits(DefaultAdded)]),
        new("parameter lost its default", AWithDefaultB, AB, "a=1 b=2", "a=1 b=2", [Fits(DefaultRemoved)]),
        new(
            "a default is another value", AWithDefaultB,
            Method("ValueTask<string> M(int a, int b = 6)", "new($\"a={a} b={b}\")", "await s.M(a: 1, b: 2)"), "a=1 b=2", "a=1 b=2", []),
        ChangeCase.Parameter(
            "a number became text", ("int", "1"), ("string", "\"1\""), "!Unimplemented parameter 'v' is int32 here and string at",
            "!Unimplemented parameter 'v' is string here and int32 at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "a GUID became text", ("Guid", "Guid.Empty"), ("string", "\"\""), "!Unimplemented is guid here and string at",
            "!Unimplemented is string here and guid at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Result(
            "a time got an offset", ("DateTime", "DateTime.UnixEpoch"), ("DateTimeOffset", "DateTimeOffset.UnixEpoch"),
            "!Unimplemented the result is datetime here and datetimeoffset at", "!Unimplemented is datetimeoffset here and datetime at",
            [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "bytes became a list of bytes", ("byte[]", "[1]"), ("List<byte>", "[1]"), "!Unimplemented is bytes here and list<uint8> at",
            "!Unimplemented is list<uint8> here and bytes at", [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter("another collection of the same", ("List<int>", "[1]"), ("int[]", "[1]"), "[1]", "[1]", []),
        ChangeCase.Result(
            "a list became a map", ("List<int>", "[1]"), ("Dictionary<int, int>", "new() { [1] = 1 }"),
            "!Unimplemented the result is list<int32> here and map<int32, int32> at", "!Unimplemented is map<int32, int32> here and",
            [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Parameter(
            "a tuple got an item", ("(int, int)", "(1, 2)"), ("(int, int, int)", "(1, 2, 3)"),
            "!Unimplemented is tuple<int32, int32> here and tuple<int32, int32, int32> at", "!Unimplemented is tuple<int32, int32, int32>",
            [Breaks(TypeChanged, Refused, Refused)]),
        ChangeCase.Result(
            "a tuple's item got a name", ("(int, int)", "(1, 2)"), ("(int A, int B)", "(1, 2)"), "(1, 2)", "(1, 2)", []),
    ];
}
