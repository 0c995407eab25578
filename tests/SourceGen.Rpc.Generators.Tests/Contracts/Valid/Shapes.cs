namespace Shapes;

[Service]
public partial interface IShapes
{
    ValueTask<Inits> InitsAsync(Mutable mutable);

    ValueTask<Mixed> MixedAsync(RequiredOnly required, Nothing nothing);

    ValueTask<Point> PointAsync(ReadOnlyPoint point, in_ keyword);

    ValueTask<KeyedMutable> KeyedAsync(KeyedInits value);

    ValueTask<Derived> DerivedAsync(Node? tree);

    ValueTask<Page<Point>> PageAsync(Page<string?> page);

    ValueTask<Wide> WideAsync(Optional optional, Interfaces interfaces, SetsRequired sets);
}

public class Mutable
{
    public int Number { get; set; } = 7;

    public string? Text;

    [IgnoreMember]
    public object? Ignored { get; set; }

    public int Computed => Number;

    [Key("renamed name")]
    public bool Flag { get; set; }
}

public record Inits
{
    public int Number { get; init; } = 7;

    public string Text { get; init; } = "none";

    public required Guid Id { get; init; }
}

public class Mixed(string name, int count = 3)
{
    public string Name { get; } = name;

    public int Count { get; } = count;

    public required bool Required { get; set; }

    public long Init { get; init; } = 8;

    public double Assigned { get; set; } = 9;
}

public class RequiredOnly
{
    public required string A { get; set; }

    public required int B;
}

public class Nothing;

public record struct Point(int X, int Y);

public readonly struct ReadOnlyPoint
{
    public ReadOnlyPoint(int x) => X = x;

    public int X { get; }
}

public readonly record struct in_(int @class, int reader, int count, int key, int value, int index, int defaults);

public class KeyedMutable
{
    [Key(2)]
    public int Two { get; set; }

    [Key(9)]
    public string? Nine { get; set; }

    [Key(0)]
    public DateTime Zero { get; set; }
}

public class KeyedInits
{
    [Key(0)]
    public int Zero { get; init; } = 4;

    [Key(1)]
    public string? One { get; init; }

    [Key(2)]
    public decimal Two { get; set; }
}

public abstract class Base
{
    public string BaseName { get; set; } = "";

    public virtual int Virtual { get; set; }
}

public sealed class Derived : Base
{
    public int Own { get; set; }

    public override int Virtual { get; set; }
}

public sealed record Node(int Value, Node? Left, Node? Right, List<Node> Others);

public sealed record Page<T>(T First, IReadOnlyList<T> Items);

public sealed class Wide
{
    public Wide(int a, string other = "x", double nan = double.NaN) => A = a;

    public int A { get; }
}

public sealed record Optional(
    int A = -5, long B = long.MinValue, string C = "q\"\n", char D = '\'', float E = 1.5F, double F = double.PositiveInfinity,
    decimal G = 1.25M, Kind H = Kind.Two, Kind? I = Kind.One, bool J = true, ulong K = ulong.MaxValue, DateTime L = default);

public enum Kind
{
    One = -1,
    Two = 2,
}

public sealed class Interfaces(IEnumerable<int> items)
{
    public IReadOnlyList<int> Items { get; } = [.. items];
}

[method: System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
public sealed class SetsRequired()
{
    public required int Value { get; init; } = 3;
}
