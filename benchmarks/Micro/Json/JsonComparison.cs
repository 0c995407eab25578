using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>
/// Writing and reading one value as MessagePack and as JSON by System.Text.Json's generated metadata, each into a buffer and with a
/// writer that are used again.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public abstract class JsonComparison<T>
{
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private readonly ArrayBufferWriter<byte> _json = new(1 << 20);
    private readonly Utf8JsonWriter _jsonWriter;
    private readonly ISerializer<T> _serializer = Serializers.Of<T>();
    private readonly JsonTypeInfo<T> _typeInfo = (JsonTypeInfo<T>)PayloadJsonContext.Default.GetTypeInfo(typeof(T))!;
    private readonly ReadOnlySequence<byte> _encoded;
    private readonly byte[] _encodedJson;
    private readonly T _value;

    private protected JsonComparison(T value)
    {
        _value = value;
        _jsonWriter = new Utf8JsonWriter(_json);
        Write();
        WriteJson();
        _encoded = new ReadOnlySequence<byte>(_output.WrittenSpan.ToArray());
        _encodedJson = _json.WrittenSpan.ToArray();
    }

    [Benchmark]
    [BenchmarkCategory("Write")]
    public int Write()
    {
        _output.ResetWrittenCount();
        _serializer.Serialize(_output, in _value);
        return _output.WrittenCount;
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Write")]
    public int WriteJson()
    {
        _json.ResetWrittenCount();
        _jsonWriter.Reset(_json);
        JsonSerializer.Serialize(_jsonWriter, _value, _typeInfo);
        return _json.WrittenCount;
    }

    [Benchmark]
    [BenchmarkCategory("Read")]
    public T Read() => _serializer.Deserialize(_encoded);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Read")]
    public T? ReadJson() => JsonSerializer.Deserialize(_encodedJson, _typeInfo);
}
