using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Declared errors: what cannot be read of one still has its code and message.</summary>
internal static class ErrorCases
{
    private const string Gone = "public sealed class Gone(string what) : Exception(\"gone \" + what) { public string What => what; }";
    private const string GoneWhen = """
        public sealed class Gone(string what, int when = 0) : Exception($"gone {what} {when}")
        {
            public string What => what;
            public int When => when;
        }
        """;

    private const string Left = "public sealed class Left(string what) : Exception(\"left \" + what) { public string What => what; }";

    private static readonly ContractVersion Nothing = Throws("throw new RpcException(RpcStatusCode.NotFound, \"x\")", "", "");
    private static readonly ContractVersion ThrowsGone = Throws("throw new Gone(\"x\")", Gone, "[Throws<Gone>]");

    public static readonly ChangeCase[] All =
    [
        new(
            "an error declared", Nothing, ThrowsGone, "RpcException FailedPrecondition", "RpcException NotFound", [Fits(ErrorAdded)])
        {
            IsResult = true,
        },
        new(
            "an error declared no longer", ThrowsGone, Throws("throw new Gone(\"x\")", Gone, ""), "RpcException Unknown",
            "RpcException FailedPrecondition", [Breaks(ErrorRemoved, Lost)]),
        new(
            "an error renamed", ThrowsGone, Throws("throw new Left(\"x\")", Left, "[Throws<Left>]"), "RpcException FailedPrecondition",
            "RpcException FailedPrecondition", [Breaks(ErrorRemoved, Lost), Fits(ErrorAdded)]),
        new(
            "a member of an error added", ThrowsGone,
            Throws("throw new Gone(\"x\", 5)", GoneWhen, "[Throws<Gone>]"),
            "Gone gone x", "Gone gone x 0", [Fits(MemberAdded, None, Lost)])
        {
            IsResult = true,
        },
        new(
            "a member of an error removed",
            Throws("throw new Gone(\"x\", 5)", GoneWhen, "[Throws<Gone>]"),
            ThrowsGone, "Gone gone x 0", "Gone gone x", [Breaks(MemberRemoved, Lost)])
        {
            IsResult = true,
        },
        new(
            "a member of an error became text",
            Throws(
                "throw new Gone(7)",
                "public sealed class Gone(int what) : Exception($\"gone {what}\") { public int What => what; }", "[Throws<Gone>]"),
            ThrowsGone, "RpcException FailedPrecondition", "RpcException FailedPrecondition",
            [Breaks(TypeChanged, Lost, Lost)]),
    ];

    private static ContractVersion Throws(string body, string types, string attributes) =>
        Method("ValueTask M(int a)", body, "await Show.Error(() => s.M(1))", types, attributes);
}
