using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Streams: their items are as parameters and results, but both sides have to know of the stream.</summary>
internal static class StreamCases
{
    private static readonly ContractVersion Takes = Method(
        "ValueTask<string> M(int a, IAsyncEnumerable<int> v)", "new(Show.All(v))", "await s.M(0, Show.Stream(1, 2))");

    private static readonly ContractVersion Gives = Method("IAsyncEnumerable<int> M()", "Show.Stream(1, 2)", "await Show.All(s.M())");

    public static readonly ChangeCase[] All =
    [
        new(
            "a stream moved among the parameters", Takes,
            Method("ValueTask<string> M(IAsyncEnumerable<int> v, int a)", "new(Show.All(v))", "await s.M(Show.Stream(1, 2), 0)"),
            "[1, 2]", "[1, 2]", []),
        new(
            "the items of a stream sent became wider", Takes,
            Method("ValueTask<string> M(int a, IAsyncEnumerable<long> v)", "new(Show.All(v))", "await s.M(0, Show.Stream(long.MaxValue))"),
            "[1, 2]", "!InvalidArgument 9223372036854775807", [Fits(NumberWidened, None, Fails)]),
        new(
            "a parameter became a stream",
            Method("ValueTask<string> M(int a, List<int> v)", "new(Show.Text(v))", "await s.M(0, [1, 2])"), Takes,
            "!Unimplemented it takes no stream here and one at", "!Unimplemented it takes a stream here and none at",
            [Breaks(ParameterStreamChanged, Refused, Refused)]),
        new(
            "a stream was removed", Takes, Method("ValueTask<string> M(int a)", "new(\"none\")", "await s.M(0)"),
            "!Unimplemented it takes a stream here and none at", "!Unimplemented it takes no stream here and one at",
            [Breaks(ParameterStreamChanged, Refused, Refused)]),
        new(
            "a list returned became a stream", Method("ValueTask<List<int>> M()", "new(new List<int> { 1, 2 })", "await s.M()"), Gives,
            "!Unimplemented the result is no stream here and one at", "!Unimplemented the result is a stream here and none at",
            [Breaks(ResultStreamChanged, Refused, Refused)]),
        new(
            "the items of a stream returned became wider", Gives,
            Method("IAsyncEnumerable<long> M()", "Show.Stream(long.MaxValue)", "await Show.All(s.M())"),
            "!Internal 9223372036854775807", "[1, 2]", [Breaks(NumberWidened, Fails)])
        {
            IsResult = true,
        },
        new(
            "a member of the items of a stream returned added",
            Method("IAsyncEnumerable<Item> M()", "Show.Stream(new Item(1))", "await Show.All(s.M())", "public sealed record Item(int A);"),
            Method(
                "IAsyncEnumerable<Item> M()", "Show.Stream(new Item(1, 2))", "await Show.All(s.M())",
                "public sealed record Item(int A, int B = 5);"),
            "[Item { A = 1 }]", "[Item { A = 1, B = 5 }]", [Fits(MemberAdded, None, Lost)])
        {
            IsResult = true,
        },
        new(
            "the items of a stream became text", Gives,
            Method("IAsyncEnumerable<string> M()", "Show.Stream(\"1\")", "await Show.All(s.M())"),
            "!Unimplemented the result item is int32 here and string at", "!Unimplemented the result item is string here and int32 at",
            [Breaks(TypeChanged, Refused, Refused)]),
    ];
}
