using System.Buffers;
using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>What it costs to read dictionaries whose keys a peer chose, against the same loop with the default comparer.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
[MemoryDiagnoser]
public abstract class DictionaryBenchmark<TKey>
    where TKey : notnull
{
    private readonly ISerializer<Dictionary<TKey, int>> _serializer = Serializers.Of<Dictionary<TKey, int>>();
    private ReadOnlySequence<byte> _encoded;

    [Params(100, 1000, 100_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ArrayBufferWriter<byte> output = new();
        _serializer.Serialize(output, Enumerable.Range(0, Count).ToDictionary(Key, i => i));
        _encoded = new ReadOnlySequence<byte>(output.WrittenSpan.ToArray());
    }

    [Benchmark(Baseline = true)]
    public Dictionary<TKey, int> DefaultComparer()
    {
        MessagePackReader reader = new(_encoded);
        reader.Enter();
        int count = reader.ReadMapHeader();
        Dictionary<TKey, int> items = new(Math.Min(count, 4096));
        for (int i = 0; i < count; i++)
        {
            TKey key = Read(ref reader);
            items[key] = reader.ReadInt32();
        }

        reader.Leave();
        return items;
    }

    [Benchmark]
    public Dictionary<TKey, int> Generated() => _serializer.Deserialize(_encoded);

    protected abstract TKey Key(int i);

    protected abstract TKey Read(ref MessagePackReader reader);
}

/// <summary>Keys with a seeded hash.</summary>
public class IntKeysBenchmark : DictionaryBenchmark<int>
{
    [Params(false, true)]
    public bool Scattered { get; set; }

    protected override int Key(int i) => Scattered ? unchecked(i * (int)0x9E3779B1) : i;

    protected override int Read(ref MessagePackReader reader) => reader.ReadInt32();
}

/// <summary>Keys with a hash code of their own.</summary>
public class PairKeysBenchmark : DictionaryBenchmark<(int, int)>
{
    protected override (int, int) Key(int i) => (i, i * 7919);

    protected override (int, int) Read(ref MessagePackReader reader)
    {
        reader.Enter();
        reader.ReadArrayHeader();
        (int, int) key = (reader.ReadInt32(), reader.ReadInt32());
        reader.Leave();
        return key;
    }
}
