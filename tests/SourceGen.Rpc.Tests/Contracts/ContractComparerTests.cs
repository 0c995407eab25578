using System.Text;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Tests.Contracts;

public sealed class ContractComparerTests
{
    private const string Objects = """
        enum "Color" uint8 { Red = 0; Green = 1 }
        enum "Colour" int64 { Red = 0; Blue = 7 }
        object "ArrayAB" array { 0: int32; 1: string }
        object "ArrayAC" array { 0: int64; 2: bool }
        object "ArrayBad" array { 0: string }
        object "MapAB" map { A: int32; B: string }
        object "MapAC" map { A: uint8; C: bool }
        object "MapBad" map { A: string }
        union "Shape" { 0: "MapAB"; -1: "ArrayAB" }
        union "Shape2" open { -1: "ArrayAC"; 7: "MapBad" }
        union "ShapeBad" { 0: "MapBad" }
        union "ShapeFar" { 5: "MapAB" }
        union "ShapeDeep" { 0: "ShapeDeep"; 1: "Shape" }
        union "ShapeDeepBad" { 0: "ShapeDeepBad"; 1: "ShapeBad" }

        """;

    /// <summary>
    /// Every row of the compatibility table: client's line, server's line, and the difference the developer reads, or null.
    /// </summary>
    public static TheoryData<string, string, string?> Rows => new()
    {
        // Names of parameters and types are not on the wire.
        { "(a: int32) -> bool", "(other: int32) -> bool", null },
        { "(a: \"MapAB\") -> bool", "(a: \"MapAC\") -> bool", null },
        { "(a: \"Color\") -> \"Color\"", "(a: \"Colour\") -> \"Colour\"", null },

        // Parameters added or removed at the end.
        { "(a: int32) -> bool", "(a: int32, b: string = default) -> bool", null },
        { "(a: int32) -> bool", "(a: int32, b: string) -> bool", "parameter 'b' is missing here, and the server has no default for it" },
        { "() -> bool", "(a: int32 = default, b: string) -> bool", "parameter 'b' is missing here, and the server has no default for it" },
        { "(a: int32, b: string) -> bool", "(a: int32) -> bool", null },
        { "(a: int32, b: string = default) -> bool", "(a: int32) -> bool", null },

        // Members added to or removed from an object, by name and by index.
        { "(a: \"MapAB\") -> \"MapAC\"", "(a: \"MapAC\") -> \"MapAB\"", null },
        { "(a: \"ArrayAB\") -> \"ArrayAC\"", "(a: \"ArrayAC\") -> \"ArrayAB\"", null },

        // A member kept, its type changed.
        { "(a: \"MapAB\") -> bool", "(a: \"MapBad\") -> bool", "parameter 'a' member 'A' is int32 here and string at the server" },
        { "(a: \"ArrayAB\") -> bool", "(a: \"ArrayBad\") -> bool", "parameter 'a' member '0' is int32 here and string at the server" },
        { "() -> \"MapAB\"", "() -> \"MapBad\"", "the result member 'A' is int32 here and string at the server" },

        // Integers, enums, floats.
        { "(a: int8) -> uint64", "(a: uint32) -> int16", null },
        { "(a: \"Color\") -> int32", "(a: int32) -> \"Color\"", null },
        { "(a: float32) -> float64", "(a: float64) -> float32", null },
        { "(a: float16) -> float16", "(a: float64) -> float32", null },
        { "(a: bigint, b: date) -> uri?", "(a: bigint?, b: date) -> uri", null },
        { "(a: int128) -> void", "(a: int64) -> void", "parameter 'a' is int128 here and int64 at the server" },
        { "(a: int128) -> void", "(a: uint128) -> void", "parameter 'a' is int128 here and uint128 at the server" },
        { "() -> uri", "() -> string", "the result is uri here and string at the server" },
        { "() -> date", "() -> int32", "the result is date here and int32 at the server" },
        { "() -> rune", "() -> char", "the result is rune here and char at the server" },
        { "() -> range", "() -> tuple<index, index>", "the result is range here and tuple<index, index> at the server" },
        { "(a: int32) -> bool", "(a: float64) -> bool", "parameter 'a' is int32 here and float64 at the server" },
        { "() -> float32", "() -> int8", "the result is float32 here and int8 at the server" },
        { "() -> \"Color\"", "() -> float32", "the result is the enum Color here and float32 at the server" },

        // Streams: frames of their own, so both sides must know of them; their items are compared as any type.
        { "(a: int32, s: stream<int32>) -> stream<\"Color\">", "(t: stream<int64>, a: int8) -> stream<int32>", null },
        { "(s: stream<int32>) -> void", "() -> void", "it takes a stream here and none at the server" },
        { "() -> void", "(s: stream<int32>) -> void", "it takes no stream here and one at the server" },
        { "() -> stream<int32>", "() -> list<int32>", "the result is a stream here and none at the server" },
        { "() -> void", "() -> stream<int32>", "the result is no stream here and one at the server" },
        {
            "(s: stream<\"MapAB\">) -> void",
            "(s: stream<\"MapBad\">) -> void",
            "parameter 's' item member 'A' is int32 here and string at the server"
        },
        { "() -> stream<int32>", "() -> stream<bool>", "the result item is int32 here and bool at the server" },

        // Declared errors: added, removed, or another type under the same name.
        { "() -> int32 throws \"MapAB\"", "() -> int32", null },
        { "() -> int32", "() -> int32 throws \"MapAB\", \"MapBad\"", null },
        { "() -> void throws \"MapAB\"", "() -> void throws \"ArrayBad\"", null },

        // Nullable or not.
        { "(a: int32?, b: \"MapAB\") -> string", "(a: int32, b: \"MapAB\"?) -> string?", null },

        // Void for a result: nobody reads it; a result that is not sent cannot be read.
        { "() -> void", "() -> \"MapAB\"", null },
        { "() -> int32", "() -> void", "the result is int32 here and there is none at the server" },

        // A string for anything else, list for map, map for array object.
        { "(a: string) -> bool", "(a: guid) -> bool", "parameter 'a' is string here and guid at the server" },
        { "(a: string) -> bool", "(a: bytes) -> bool", "parameter 'a' is string here and bytes at the server" },
        { "(a: string) -> bool", "(a: \"MapAB\") -> bool",
            "parameter 'a' is string here and the object MapAB, a map with keys by name at the server" },
        { "(a: list<int32>) -> bool", "(a: map<int32, int32>) -> bool",
            "parameter 'a' is list<int32> here and map<int32, int32> at the server" },
        { "(a: \"MapAB\") -> bool", "(a: \"ArrayAB\") -> bool",
            "parameter 'a' is the object MapAB, a map with keys by name here and the object ArrayAB, "
            + "an array with keys by number at the server" },
        { "(a: list<int32>) -> bool", "(a: list<int64>) -> bool", null },
        { "(a: list<\"MapAB\">) -> bool", "(a: list<\"MapBad\">) -> bool",
            "parameter 'a' element member 'A' is int32 here and string at the server" },
        { "() -> map<string, list<bool>>", "() -> map<string, list<char>>",
            "the result value element is bool here and char at the server" },
        { "() -> map<string, bool>", "() -> map<int32, bool>", "the result key is string here and int32 at the server" },
        { "() -> tuple<int32, bool>", "() -> tuple<int64, string>", "the result item 2 is bool here and string at the server" },
        { "() -> tuple<int32, bool>", "() -> tuple<int32>", "the result is tuple<int32, bool> here and tuple<int32> at the server" },

        // Unions: cases added and removed, a case kept under its tag; at least one is the same.
        { "(a: \"Shape\") -> \"Shape2\"", "(a: \"Shape2\") -> \"Shape\"", null },
        { "(a: \"Shape\") -> bool", "(a: \"ShapeBad\") -> bool",
            "parameter 'a' case 0 member 'A' is int32 here and string at the server" },
        { "() -> \"Shape\"", "() -> \"ShapeFar\"",
            "the result is the union Shape here and the union ShapeFar at the server" },
        { "() -> \"ShapeDeep\"", "() -> \"ShapeDeep\"", null },
        { "() -> \"ShapeDeep\"", "() -> \"ShapeDeepBad\"", "the result case 1 case 0 member 'A' is int32 here and string at the server" },
        { "() -> \"Shape\"", "() -> \"MapAB\"",
            "the result is the union Shape here and the object MapAB, a map with keys by name at the server" },
        { "() -> \"Color\"", "() -> \"Shape\"", "the result is the enum Color here and the union Shape at the server" },

        // What custom serializers write is known by its name.
        { "(a: opaque<\"x\">) -> opaque<\"y\">?", "(a: opaque<\"x\">?) -> opaque<\"y\">", null },
        { "() -> opaque<\"x\">", "() -> opaque<\"y\">", "the result is the custom format x here and the custom format y at the server" },
        { "() -> opaque<\"x\">", "() -> int32", "the result is the custom format x here and int32 at the server" },

        // One-way against a reply.
        { "() -> oneway", "() -> oneway", null },
        { "() -> oneway", "() -> void", "it is one-way here and sends a reply at the server" },
        { "() -> int32", "() -> oneway", "it expects a reply here and is one-way at the server" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void EveryRowOfTheTableHolds(string client, string server, string? difference)
    {
        MethodMatch match =
            Assert.Single(ContractComparer.Compare(Schema($"method M{client}\n{Objects}"), Schema($"method M{server}\n{Objects}")));
        Assert.Equal(difference is null ? null : $"Shop.Greeter/M differs: {difference}.", match.Difference);
        Assert.Equal(difference is null, match.IsCompatible);
        Assert.Equal(0, match.ServerIndex);
    }

    [Fact]
    public void EveryMethodOfTheClientGetsItsPositionAtTheServer()
    {
        ContractSchema client = Schema("method B() -> void\nmethod D() -> void\n");
        ContractSchema server = Schema("method A() -> void\nmethod B() -> void\nmethod C() -> void\nmethod D() -> void\n");
        Assert.Equal([("B", 1), ("D", 3)], ContractComparer.Compare(client, server).Select(match => (match.Method, match.ServerIndex)));
    }

    [Fact]
    public void AMissingMethodIsNamedTogetherWithThoseThatExist()
    {
        ContractSchema client = Schema("method Foo() -> void\n");
        ContractSchema server = Schema("method Add() -> void\nmethod Hello() -> void\n");
        MethodMatch match = Assert.Single(ContractComparer.Compare(client, server, "the server at tcp://127.0.0.1:5000"));
        Assert.Equal(-1, match.ServerIndex);
        Assert.False(match.IsCompatible);
        Assert.Equal("the server at tcp://127.0.0.1:5000 has no method Shop.Greeter/Foo; it has: Add, Hello.", match.Difference);
    }

    [Fact]
    public void ALongListOfMethodsIsCutShort()
    {
        ContractSchema server = Schema(string.Concat(Enumerable.Range(100, 50).Select(i => $"method M{i}() -> void\n")));
        MethodMatch match = Assert.Single(ContractComparer.Compare(Schema("method Foo() -> void\n"), server));
        Assert.EndsWith("M119 and 30 more.", match.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerNameStandsInADifference()
    {
        MethodMatch match = Assert.Single(ContractComparer.Compare(
            Schema("method M(a: int32) -> void\n"), Schema("method M(a: string) -> void\n"), "the server at unix:///x"));
        Assert.Equal("Shop.Greeter/M differs: parameter 'a' is int32 here and string at the server at unix:///x.", match.Difference);
    }

    [Fact]
    public void TypesThatReferToThemselvesAreCompared()
    {
        const string Client = "method M(a: \"Tree\") -> \"Tree\"\nobject \"Tree\" map { Children: list<\"Tree\">; Value: int32 }\n";
        // The same tree unrolled once, under other names.
        const string Server = "method M(a: \"Even\") -> \"Even\"\n"
            + "object \"Even\" map { Children: list<\"Odd\">; Value: int64 }\n"
            + "object \"Odd\" map { Children: list<\"Even\">; Value: int8 }\n";
        Assert.True(Assert.Single(ContractComparer.Compare(Schema(Client), Schema(Server))).IsCompatible);
        Assert.True(Assert.Single(ContractComparer.Compare(Schema(Server), Schema(Client))).IsCompatible);
        MethodMatch match =
            Assert.Single(ContractComparer.Compare(Schema(Client), Schema(Server.Replace("int8", "string", StringComparison.Ordinal))));
        Assert.Equal(
            "Shop.Greeter/M differs: parameter 'a' member 'Children' element member 'Value' is int32 here and string at the server.",
            match.Difference);
    }

    [Fact]
    public void ADifferenceFoundOnceIsFoundByEveryMethodThatReachesIt()
    {
        // What one method assumed while it failed must not count as proven for the next.
        const string Methods = "method A(a: \"X\") -> void\nmethod B(b: \"Y\") -> void\n";
        ContractSchema client = Schema(Methods + "object \"X\" map { Y: \"Y\"; Z: int32 }\nobject \"Y\" map { X: \"X\" }\n");
        ContractSchema server = Schema(Methods + "object \"X\" map { Y: \"Y\"; Z: string }\nobject \"Y\" map { X: \"X\" }\n");
        Assert.Equal(
            [
                "Shop.Greeter/A differs: parameter 'a' member 'Z' is int32 here and string at the server.",
                "Shop.Greeter/B differs: parameter 'b' member 'X' member 'Z' is int32 here and string at the server.",
            ],
            ContractComparer.Compare(client, server).Select(match => match.Difference));
    }

    [Fact]
    public void AChainOfTypesAsLongAsASchemaMayBeIsComparedWithoutRecursion()
    {
        const int Length = 20_000;
        var chain = new StringBuilder("method M(a: \"T10000\") -> void\n");
        for (int i = 0; i < Length; i++)
        {
            chain.Append($"object \"T{10_000 + i}\" map {{ N: {(i + 1 < Length ? $"\"T{10_001 + i}\"" : "int32")} }}\n");
        }

        string text = chain.ToString();
        Assert.True(Assert.Single(ContractComparer.Compare(Schema(text), Schema(text))).IsCompatible);
        MethodMatch match =
            Assert.Single(ContractComparer.Compare(Schema(text), Schema(text.Replace("int32", "string", StringComparison.Ordinal))));
        Assert.Contains(" ... ", match.Difference, StringComparison.Ordinal);
        Assert.True(match.Difference!.Length < 500);
    }

    [Fact]
    public void AServersSchemaMadeToMeetInManyPairsEndsWithAnError()
    {
        // Two cycles of coprime lengths: 1501 * 1499 pairs before the comparison would come round.
        static ContractSchema Cycle(int length)
        {
            var text = new StringBuilder("method M(a: \"T10000\") -> void\n");
            for (int i = 0; i < length; i++) text.Append($"object \"T{10_000 + i}\" map {{ N: \"T{10_000 + ((i + 1) % length)}\" }}\n");
            return Schema(text.ToString());
        }

        MethodMatch match = Assert.Single(ContractComparer.Compare(Cycle(1499), Cycle(1501)));
        Assert.Contains("too large to be compared", match.Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EveryContractIsCompatibleWithItself(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            ContractSchema schema = RandomSchema.Make(random);
            Assert.All(
                ContractComparer.Compare(schema, schema),
                (match, index) => Assert.Equal((null, index), (match.Difference, match.ServerIndex)));
        }
    }

    private static ContractSchema Schema(string rest) => ContractSchema.Parse("service \"Shop.Greeter\"\n" + rest);
}
