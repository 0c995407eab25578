namespace SourceGen.Rpc.Tests.Evolution.Old;

/// <summary>The contract as it was. Every method gives back what it got, so that what gets lost on the way is seen.</summary>
[Service(Name = "Evolution.Store")]
public partial interface IStore
{
    ValueTask<Thing> ThingAsync(Thing thing);

    ValueTask<Row> RowAsync(Row row);

    ValueTask<Strict> StrictAsync(Strict strict);

    ValueTask<Numbers> NumbersAsync(Numbers numbers);

    ValueTask<Color> ColorAsync(Color color);

    ValueTask<IShape> ShapeAsync(IShape shape);

    ValueTask<IShape> PickAsync();

    ValueTask<IEvent> EventAsync(IEvent @event);

    ValueTask<string> MoreParametersAsync(int a);

    ValueTask<string> FewerParametersAsync(int a, int b);

    ValueTask<string> RequiredParameterAsync(int a);

    ValueTask<int> KindAsync(int value);

    ValueTask<Price> PriceAsync(Price price);

    IAsyncEnumerable<Thing> ItemsAsync(int count);

    IAsyncEnumerable<int> ListAsync();

    ValueTask<string> RemovedAsync();
}

public sealed record Thing
{
    public int A { get; init; } = 1;

    public string? Removed { get; init; } = "kept";

    [Key("title")]
    public string? Name { get; init; }

    public int? Nullable { get; init; }

    public int NotNullable { get; init; } = 3;

    public Part? Part { get; init; }

    public UnknownMembers? Extra { get; init; }
}

public sealed record Part(int X);

public sealed record Row
{
    [Key(0)]
    public int A { get; init; }

    [Key(1)]
    public string? Removed { get; init; }

    [Key(2)]
    public int? Nullable { get; init; }

    [Key(3)]
    public int NotNullable { get; init; } = 3;

    public UnknownMembers? Extra { get; init; }
}

/// <summary>Without a place for what it does not know.</summary>
public sealed record Strict(int A, int? Nullable, int NotNullable = 3);

public sealed record Numbers(int Integer, float Real, byte Small);

public enum Color : byte
{
    Red,
    Green,
}

[Union(0, typeof(Circle))]
[Union(1, typeof(Line))]
public interface IShape;

public sealed record Circle(int R) : IShape;

public sealed record Line(int Length) : IShape;

[Union(0, typeof(Opened))]
[UnionFallback(typeof(OtherEvent))]
public interface IEvent;

public sealed record Opened(int Id) : IEvent;

public sealed record OtherEvent(UnknownCase Case) : IEvent;

[RpcSerializer(typeof(PriceSerializer))]
public readonly record struct Price(int Cents);

[WireFormat("price/1")]
public sealed class PriceSerializer : IRpcSerializer<Price>
{
    public static void Write(ref MessagePack.MessagePackWriter writer, in Price value) => writer.Write(value.Cents);

    public static Price Read(ref MessagePack.MessagePackReader reader) => new(reader.ReadInt32());
}

internal sealed class Store : IStore
{
    public object? Received { get; private set; }

    public ValueTask<Thing> ThingAsync(Thing thing) => Echo(thing);

    public ValueTask<Row> RowAsync(Row row) => Echo(row);

    public ValueTask<Strict> StrictAsync(Strict strict) => Echo(strict);

    public ValueTask<Numbers> NumbersAsync(Numbers numbers) => Echo(numbers);

    public ValueTask<Color> ColorAsync(Color color) => Echo(color);

    public ValueTask<IShape> ShapeAsync(IShape shape) => Echo(shape);

    public ValueTask<IShape> PickAsync() => Echo<IShape>(new Circle(1));

    public ValueTask<IEvent> EventAsync(IEvent @event) => Echo(@event);

    public ValueTask<string> MoreParametersAsync(int a) => new($"{a}");

    public ValueTask<string> FewerParametersAsync(int a, int b) => new($"{a}, {b}");

    public ValueTask<string> RequiredParameterAsync(int a) => new($"{a}");

    public ValueTask<int> KindAsync(int value) => Echo(value);

    public ValueTask<Price> PriceAsync(Price price) => Echo(price);

    public async IAsyncEnumerable<Thing> ItemsAsync(int count)
    {
        for (int i = 0; i < count; i++) yield return await Echo(new Thing { A = i, Nullable = 1 });
    }

    public async IAsyncEnumerable<int> ListAsync()
    {
        yield return await Echo(1);
    }

    public ValueTask<string> RemovedAsync() => new("old");

    private ValueTask<T> Echo<T>(T value)
    {
        Received = value;
        return new(value);
    }
}
