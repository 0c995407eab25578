using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>Encoding and decoding one value of <typeparamref name="T"/>, through the same interface as the engine.</summary>
[MemoryDiagnoser]
public abstract class CodecBenchmark<T>
{
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private readonly ISerializer<T> _serializer = Serializers.Of<T>();
    private ReadOnlySequence<byte> _encoded;
    private T _value = default!;

    [Benchmark]
    public int Encode()
    {
        _output.ResetWrittenCount();
        _serializer.Serialize(_output, in _value);
        return _output.WrittenCount;
    }

    [Benchmark]
    public T Decode() => _serializer.Deserialize(_encoded);

    protected void Use(T value)
    {
        _value = value;
        Encode();
        _encoded = new ReadOnlySequence<byte>(_output.WrittenSpan.ToArray());
    }
}
