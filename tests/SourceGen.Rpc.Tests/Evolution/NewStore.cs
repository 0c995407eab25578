namespace SourceGen.Rpc.Tests.Evolution.New;

/// <summary>The contract as it is: everything that docs/evolution.md allows has happened to it, and some things that it does not.</summary>
[Service(Name = "Evolution.Store")]
public partial interface IStore
{
    ValueTask<string> AddedAsync();

    ValueTask<Item> ThingAsync(Item thing);

    ValueTask<Row> RowAsync(Row row);

    ValueTask<Strict> StrictAsync(Strict strict);

    ValueTask<Numbers> NumbersAsync(Numbers numbers);

    ValueTask<Color> ColorAsync(Color color);

    ValueTask<IShape> ShapeAsync(IShape shape);

    ValueTask<IShape> PickAsync();

    ValueTask<IEvent> EventAsync(IEvent @event);

    ValueTask<string> MoreParametersAsync(int a, int b = 5, string? c = null);

    ValueTask<string> FewerParametersAsync(int a);

    ValueTask<string> RequiredParameterAsync(int a, int b);

    ValueTask<string> KindAsync(string value);

    ValueTask<Price> PriceAsync(Price price);

    IAsyncEnumerable<Item> ItemsAsync(int count);

    ValueTask<List<int>> ListAsync();
}

/// <summary>Renamed, as is a member; others are added, removed, made nullable and back, and in another order.</summary>
public sealed record Item
{
    public Part? Part { get; init; }

    public int? NotNullable { get; init; }

    public int Nullable { get; init; } = 4;

    [Key("title")]
    public string? Label { get; init; }

    public List<string> Added { get; init; } = ["default"];

    public int A { get; init; } = 2;

    public bool Equals(Item? other) => other is not null
        && (Part, NotNullable, Nullable, Label, A) == (other.Part, other.NotNullable, other.Nullable, other.Label, other.A)
        && Added.SequenceEqual(other.Added);

    public override int GetHashCode() => A;
}

public sealed record Part(int X, int Y = 7);

public sealed record Row
{
    [Key(0)]
    public int A { get; init; }

    [Key(2)]
    public int Nullable { get; init; } = 4;

    [Key(3)]
    public int? NotNullable { get; init; }

    [Key(5)]
    public string? Added { get; init; }
}

public sealed record Strict(int A, int Nullable, int? NotNullable, string Added = "default");

public sealed record Numbers(long Integer, double Real, int Small);

public enum Color
{
    Red,
    Green,
    Blue,
    Far = 1000,
}

[Union(1, typeof(Line))]
[Union(2, typeof(Square))]
public interface IShape;

public sealed record Line(int Length, int Width = 1) : IShape;

public sealed record Square(int A) : IShape;

[Union(0, typeof(Opened))]
[Union(1, typeof(Closed))]
public interface IEvent;

public sealed record Opened(int Id) : IEvent;

public sealed record Closed(int Id, string Why) : IEvent;

[RpcSerializer(typeof(PriceSerializer))]
public readonly record struct Price(string Text);

[WireFormat("price/2")]
public sealed class PriceSerializer : IRpcSerializer<Price>
{
    public static void Write(ref MessagePack.MessagePackWriter writer, in Price value) => writer.Write(value.Text);

    public static Price Read(ref MessagePack.MessagePackReader reader) => new(reader.ReadString()!);
}

internal sealed class Store : IStore
{
    public object? Received { get; private set; }

    public ValueTask<string> AddedAsync() => new("new");

    public ValueTask<Item> ThingAsync(Item thing) => Echo(thing);

    public ValueTask<Row> RowAsync(Row row) => Echo(row);

    public ValueTask<Strict> StrictAsync(Strict strict) => Echo(strict);

    public ValueTask<Numbers> NumbersAsync(Numbers numbers) => Echo(numbers);

    public ValueTask<Color> ColorAsync(Color color) => Echo(color);

    public ValueTask<IShape> ShapeAsync(IShape shape) => Echo(shape);

    public ValueTask<IShape> PickAsync() => Echo<IShape>(new Square(1));

    public ValueTask<IEvent> EventAsync(IEvent @event) => Echo(@event);

    public ValueTask<string> MoreParametersAsync(int a, int b = 5, string? c = null) => new($"{a}, {b}, {c ?? "null"}");

    public ValueTask<string> FewerParametersAsync(int a) => new($"{a}");

    public ValueTask<string> RequiredParameterAsync(int a, int b) => new($"{a}, {b}");

    public ValueTask<string> KindAsync(string value) => Echo(value);

    public ValueTask<Price> PriceAsync(Price price) => Echo(price);

    public async IAsyncEnumerable<Item> ItemsAsync(int count)
    {
        for (int i = 0; i < count; i++) yield return await Echo(new Item { A = i, NotNullable = 1, Added = [$"{i}"] });
    }

    public ValueTask<List<int>> ListAsync() => Echo(new List<int> { 1 });

    private ValueTask<T> Echo<T>(T value)
    {
        Received = value;
        return new(value);
    }
}
