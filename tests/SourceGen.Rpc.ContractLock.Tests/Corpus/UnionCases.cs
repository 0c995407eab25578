using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Unions, whose tags are on the wire, and what custom serializers write.</summary>
internal static class UnionCases
{
    private const string A = "public sealed record A(int X) : IU;";
    private const string B = "public sealed record B(int X) : IU;";
    private const string Other = "public sealed record Other(UnknownCase Case) : IU;";
    private const string OnlyA = "[Union(0, typeof(A))] public interface IU; " + A;
    private const string AB = "[Union(0, typeof(A))] [Union(1, typeof(B))] public interface IU; " + A + B;
    private const string OpenA = "[Union(0, typeof(A))] [UnionFallback(typeof(Other))] public interface IU; " + A + Other;
    private const string OpenAB =
        "[Union(0, typeof(A))] [Union(1, typeof(B))] [UnionFallback(typeof(Other))] public interface IU; " + A + B + Other;

    private const string Price = """
        [RpcSerializer(typeof(PriceSerializer))] public record struct Price(int Cents);
        [WireFormat("FORMAT")] public class PriceSerializer : IRpcSerializer<Price>
        {
            public static void Write(ref SourceGen.Rpc.MessagePack.MessagePackWriter writer, in Price value) => writer.Write(value.Cents);

            public static Price Read(ref SourceGen.Rpc.MessagePack.MessagePackReader reader) => new(reader.ReadInt32());
        }
        """;

    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "a union case sent added", ("IU", "new A(1)"), ("IU", "new B(2)"), "A { X = 1 }", "!InvalidArgument The tag 1",
            [Fits(UnionCaseAdded, None, Fails)], OnlyA, AB),
        ChangeCase.Result(
            "a union case returned added", ("IU", "new A(1)"), ("IU", "new B(2)"), "!Internal The tag 1", "A { X = 1 }",
            [Breaks(UnionCaseAdded, Fails)], OnlyA, AB),
        ChangeCase.Parameter(
            "a union case sent added, with a fallback", ("IU", "new A(1)"), ("IU", "new B(2)"), "A { X = 1 }",
            "Other { Case = case 1, 4 bytes }", [Fits(UnionCaseAdded, None, Unexpected)], OpenA, OpenAB),
        ChangeCase.Result(
            "a union case returned added, with a fallback", ("IU", "new A(1)"), ("IU", "new B(2)"),
            "Other { Case = case 1, 4 bytes }", "A { X = 1 }", [Fits(UnionCaseAdded, Unexpected)], OpenA, OpenAB),
        ChangeCase.Parameter(
            "a union case sent removed", ("IU", "new B(2)"), ("IU", "new A(1)"), "!InvalidArgument The tag 1", "A { X = 1 }",
            [Breaks(UnionCaseRemoved, Fails, None, Fails)], AB, OnlyA),
        ChangeCase.Result(
            "a union case returned removed", ("IU", "new B(2)"), ("IU", "new A(1)"), "A { X = 1 }", "!Internal The tag 1",
            [Breaks(UnionCaseRemoved, None, Fails, Fails)], AB, OnlyA),
        ChangeCase.Parameter(
            "a union got a fallback", ("IU", "new A(1)"), ("IU", "new A(1)"), "A { X = 1 }", "A { X = 1 }", [Fits(UnionOpened)], OnlyA, OpenA),
        ChangeCase.Parameter(
            "a union lost its fallback", ("IU", "new A(1)"), ("IU", "new A(1)"), "A { X = 1 }", "A { X = 1 }", [Fits(UnionClosed)], OpenA,
            OnlyA),
        ChangeCase.Parameter(
            "a union's only case got another tag", ("IU", "new A(1)"), ("IU", "new A(1)"),
            "!Unimplemented is the union Corpus.IU here and the union Corpus.IU at",
            "!Unimplemented is the union Corpus.IU here and the union Corpus.IU at", [Breaks(TypeChanged, Refused, Refused)], OnlyA,
            OnlyA.Replace("Union(0", "Union(5", StringComparison.Ordinal)),
        ChangeCase.Parameter(
            "a member of a union's case became text", ("IU", "new A(1)"), ("IU", "new A(\"1\")"),
            "!Unimplemented case 0 member 'X' is int32 here and string at", "!Unimplemented case 0 member 'X' is string here and int32 at",
            [Breaks(TypeChanged, Refused, Refused, Fails)], OnlyA, OnlyA.Replace("int X", "string X", StringComparison.Ordinal)),
        ChangeCase.Parameter(
            "what a custom serializer writes has another name", ("Price", "new Price(1)"), ("Price", "new Price(1)"),
            "!Unimplemented is the custom format price/1 here and the custom format price/2 at",
            "!Unimplemented is the custom format price/2 here and the custom format price/1 at", [Breaks(TypeChanged, Refused, Refused)],
            Price.Replace("FORMAT", "price/1", StringComparison.Ordinal), Price.Replace("FORMAT", "price/2", StringComparison.Ordinal)),
    ];
}
