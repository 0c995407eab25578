namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>The types that the codec benchmarks serialize, as a contract so that the generator emits their serializers.</summary>
[Service]
public partial interface ICodecContract
{
    ValueTask<int[]> IntsAsync();

    ValueTask<Echo> EchoAsync();

    ValueTask<KeyedEcho> KeyedEchoAsync();

    ValueTask<List<Echo>> EchoesAsync();

    ValueTask<Dictionary<int, int>> IntKeysAsync();

    ValueTask<Dictionary<(int, int), int>> PairKeysAsync();

    ValueTask<Person> PersonAsync();

    ValueTask<List<Position>> PositionsAsync();

    ValueTask<Order> OrderAsync();
}

/// <summary>A map by member name.</summary>
public sealed record Echo(int Id, string Name, byte[] Payload);

/// <summary>The same as an array by key.</summary>
public sealed record KeyedEcho([property: Key(0)] int Id, [property: Key(1)] string Name, [property: Key(2)] byte[] Payload);
