[Topic("orders.*")]
public partial interface IWildcard
{
    ValueTask PlacedAsync(int id);

    [Method(Name = "a b")]
    ValueTask NamedAsync(int id);
}

[Topic("")]
public partial interface IEmpty { ValueTask PlacedAsync(int id); }

[Topic("orders..eu")]
public partial interface IDots { ValueTask PlacedAsync(int id); }

[Topic(null!)]
public partial interface INull { ValueTask PlacedAsync(int id); }

[Topic("a23456789.b23456789.c23456789.d23456789.e23456789.f23456789.g23456789.h23456789.i23456789.j23456789.k23456789.l23456789.m23456789.n23456789.o23456789.p23456789.q23456789.r23456789.s23456789.t23456789.u23456789.v23456789.w23456789.x23456789.y23456789")]
public partial interface ILong
{
    ValueTask Fits5(int id);

    // One character more than a topic has.
    ValueTask Longer(int id);
}

[Topic("orders")]
public partial interface IMethods : IInherited
{
    ValueTask GrößeAsync(int id);

    [Method(Name = "")]
    ValueTask NothingAsync(int id);

    [Method(Name = ".placed")]
    ValueTask DotAsync(int id);

    [Method(Name = "all.>")]
    ValueTask AllAsync(int id);

    [Method(Name = "placed.eu-1_x")]
    ValueTask FineAsync(int id);
}

public interface IInherited
{
    [Method(Name = "x/y")]
    ValueTask SlashAsync(int id);
}
