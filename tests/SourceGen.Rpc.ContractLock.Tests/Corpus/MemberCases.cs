using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Members of objects: what one side does not know it skips, and what it misses has its default.</summary>
internal static class MemberCases
{
    private const string Id = "public sealed record Item(int Id);";
    private const string IdName = "public sealed record Item(int Id, string Name);";
    private const string KeyedId = "public sealed record Item([property: Key(0)] int Id);";
    private const string KeyedIdName = "public sealed record Item([property: Key(0)] int Id, [property: Key(1)] string Name);";

    private static readonly (string, string) New1 = ("Item", "new(1)"), New1X = ("Item", "new(1, \"x\")");

    public static readonly ChangeCase[] All =
    [
        ChangeCase.Parameter(
            "a member sent added", New1, New1X, "Item { Id = 1, Name =  }", "Item { Id = 1 }", [Fits(MemberAdded, None, Lost)], Id, IdName),
        ChangeCase.Parameter(
            "a member sent removed", New1X, New1, "Item { Id = 1 }", "Item { Id = 1, Name =  }",
            [Breaks(MemberRemoved, Lost, Lost, Lost)], IdName, Id),
        ChangeCase.Result(
            "a member returned added", New1, New1X, "Item { Id = 1 }", "Item { Id = 1, Name =  }", [Fits(MemberAdded, None, Lost)],
            Id, IdName),
        ChangeCase.Result(
            "a member returned removed", New1X, New1, "Item { Id = 1, Name =  }", "Item { Id = 1 }",
            [Breaks(MemberRemoved, Lost, None, Lost)], IdName, Id),
        ChangeCase.Parameter(
            "a member by index sent added", New1, New1X, "Item { Id = 1, Name =  }", "Item { Id = 1 }", [Fits(MemberAdded, None, Lost)],
            KeyedId, KeyedIdName),
        ChangeCase.Result(
            "a member by index returned removed", New1X, New1, "Item { Id = 1, Name =  }", "Item { Id = 1 }",
            [Breaks(MemberRemoved, Lost, None, Lost)], KeyedIdName, KeyedId),
        ChangeCase.Parameter(
            "a member renamed", New1X, New1X, "Item { Id = 1, Title =  }", "Item { Id = 1, Name =  }",
            [Breaks(MemberRemoved, Lost, Lost, Lost), Fits(MemberAdded, None, Lost)],
            IdName, "public sealed record Item(int Id, string Title);"),
        ChangeCase.Parameter(
            "a member renamed that keeps its key", New1X, New1X, "Item { Id = 1, Title = x }", "Item { Id = 1, Name = x }", [],
            IdName, "public sealed record Item(int Id, [property: Key(\"Name\")] string Title);"),
        ChangeCase.Parameter(
            "a member by index renamed", New1X, New1X, "Item { Id = 1, Title = x }", "Item { Id = 1, Name = x }", [Fits(MemberRenamed)],
            KeyedIdName, "public sealed record Item([property: Key(0)] int Id, [property: Key(1)] string Title);") with
        {
            IsOfLockOnly = true,
        },
        ChangeCase.Parameter(
            "members exchanged their indexes", ("Item", "new(1, 2)"), ("Item", "new(1, 2)"),
            "Item { A = 2, B = 1 }", "Item { A = 2, B = 1 }",
            [Breaks(MemberMoved, Misread, Misread, Misread), Breaks(MemberMoved, Misread, Misread, Misread)],
            "public sealed record Item([property: Key(0)] int A, [property: Key(1)] int B);",
            "public sealed record Item([property: Key(1)] int A, [property: Key(0)] int B);") with
        {
            IsOfLockOnly = true,
        },
        ChangeCase.Parameter(
            "members declared in another order", New1X, ("Item", "new(\"x\", 1)"), "Item { Name = x, Id = 1 }", "Item { Id = 1, Name = x }",
            [], IdName, "public sealed record Item(string Name, int Id);"),
        ChangeCase.Parameter(
            "a member moved to another index", New1X, New1X, "Item { Id = 1, Name =  }", "Item { Id = 1, Name =  }",
            [Breaks(MemberRemoved, Lost, Lost, Lost), Fits(MemberAdded, None, Lost)],
            KeyedIdName, "public sealed record Item([property: Key(0)] int Id, [property: Key(2)] string Name);"),
        ChangeCase.Parameter(
            "members by name got indexes", New1X, New1X, "!Unimplemented is the object Corpus.Item, a map with keys by name here and",
            "!Unimplemented is the object Corpus.Item, an array with keys by number here and", [Breaks(LayoutChanged, Refused, Refused)],
            IdName, KeyedIdName),
        ChangeCase.Parameter(
            "a member is no longer serialized", ("Item", "new() { Id = 1, Name = \"x\" }"), ("Item", "new() { Id = 1, Name = \"x\" }"),
            "Item { Id = 1 }", "Item { Id = 1, Name =  }", [Breaks(MemberRemoved, Lost, Lost, Lost)],
            "public sealed record Item { public int Id { get; set; } public string? Name { get; set; } }",
            """
            public sealed record Item
            {
                public int Id { get; set; }
                [IgnoreMember] public string? Name { get; set; }
                public override string ToString() => $"Item {{ Id = {Id} }}";
            }
            """),
        ChangeCase.Parameter(
            "a member sent became wider", New1, ("Item", "new(long.MaxValue)"), "Item { Id = 1 }", "!InvalidArgument 9223372036854775807",
            [Fits(NumberWidened, None, Fails)], Id, "public sealed record Item(long Id);"),
        ChangeCase.Parameter(
            "a member sent became narrower", ("Item", "new(long.MaxValue)"), New1,
            "!InvalidArgument 9223372036854775807", "Item { Id = 1 }",
            [Breaks(NumberNarrowed, Fails, None, Fails)], "public sealed record Item(long Id);", Id),
        ChangeCase.Result(
            "a member returned became narrower", ("Item", "new(long.MaxValue)"), New1, "Item { Id = 1 }", "!Internal 9223372036854775807",
            [Breaks(NumberNarrowed, None, Fails, Fails)], "public sealed record Item(long Id);", Id),
        ChangeCase.Result(
            "a member became text", New1, ("Item", "new(\"1\")"), "!Unimplemented the result member 'Id' is int32 here and string at",
            "!Unimplemented the result member 'Id' is string here and int32 at", [Breaks(TypeChanged, Refused, Refused, Fails)],
            Id, "public sealed record Item(string Id);"),
        ChangeCase.Parameter(
            "a type renamed", New1, ("Thing", "new(1)"), "Thing { Id = 1 }", "Item { Id = 1 }", [Fits(TypeRenamed)],
            Id, "public sealed record Thing(int Id);"),
        ChangeCase.Parameter(
            "a record became a struct", New1, New1, "Item { Id = 1 }", "Item { Id = 1 }", [], Id, "public record struct Item(int Id);"),
        ChangeCase.Result(
            "a generic type got another argument", ("Page<int>", "new(7)"), ("Page<long>", "new(long.MaxValue)"),
            "!Internal 9223372036854775807", "Page { First = 7 }", [Fits(TypeRenamed), Breaks(NumberWidened, Fails)],
            "public sealed record Page<T>(T First);", "public sealed record Page<T>(T First);"),
        ChangeCase.Parameter(
            "a member within a list within a member added", ("Box", "new([new(1)])"), ("Box", "new([new(1, \"x\")])"),
            "[Item { Id = 1, Name =  }]", "[Item { Id = 1 }]", [Fits(MemberAdded, None, Lost)], Id + Box, IdName + Box),
        ChangeCase.Parameter(
            "a member of a type that contains itself added", ("Tree", "new(1, new(2, null))"), ("Tree", "new(1, new(2, null), 3)"),
            "Tree { A = 1, Next = Tree { A = 2, Next = , B = 0 }, B = 0 }", "Tree { A = 1, Next = Tree { A = 2, Next =  } }",
            [Fits(MemberAdded, None, Lost)],
            "public sealed record Tree(int A, Tree? Next);", "public sealed record Tree(int A, Tree? Next, int B = 0);"),
        new(
            "a member removed of a type that is sent and returned",
            Method("ValueTask<Item> M(Item v)", "new(v.Name is null ? v with { Id = -1 } : v)", "await s.M(new(1, \"x\"))", IdName),
            Method("ValueTask<Item> M(Item v)", "new(v)", "await s.M(new(1))", Id),
            "Item { Id = 1, Name =  }", "Item { Id = -1 }", [Breaks(MemberRemoved, Lost, Lost, Lost)]),
    ];

    private const string Box = " public sealed record Box(List<Item> Items) { public override string ToString() => Show.Text(Items); }";
}
