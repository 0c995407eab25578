[Service]
public partial interface IGreeter
{
    ValueTask A(Node node, Person person, IExpr expr, RequiredNode required);

    ValueTask B(Holder holder, Tree tree, Optional optional, IGoodExpr good, Lax lax, Oblivious oblivious, IOpen open);
}

public record Node(int Value, Node Next);

public record Person(string Name, Address Home);

public record Address(Flat Flat);

public readonly record struct Flat(Person Owner);

[Union(0, typeof(Add))]
[Union(1, typeof(Negate))]
public interface IExpr;

public record Add(IExpr Left, IExpr Right) : IExpr;

public record Negate(IExpr Value) : IExpr;

public class RequiredNode
{
    public required RequiredNode Next { get; set; }
}

// Infinite as well, but because of Node.
public record Holder(Node Node);

// These end.
public record Tree(List<Tree> Children, Tree[] Others, Tree? Parent);

public record Optional(int Value, Optional Next = null!);

[Union(0, typeof(Sum))]
[Union(1, typeof(Leaf))]
public interface IGoodExpr;

public record Sum(IGoodExpr Left, IGoodExpr Right) : IGoodExpr;

public record Leaf(int Value) : IGoodExpr;

public class Lax
{
    public Lax Next { get; set; } = null!;
}

#nullable disable
public record Oblivious(Oblivious Next);
#nullable restore

[Union(0, typeof(OpenCase))]
[UnionFallback(typeof(Other))]
public interface IOpen;

public record OpenCase(IOpen Inner) : IOpen;

public record Other(UnknownCase Case) : IOpen;
