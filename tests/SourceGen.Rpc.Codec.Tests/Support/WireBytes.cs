using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

// Not in Support like its neighbours: from there, the name would lose against the engine's namespace SourceGen.Rpc.Wire.
namespace SourceGen.Rpc.Codec.Tests;

internal delegate void WriteSteps(ref MessagePackWriter writer);

internal delegate T ReadSteps<out T>(ref MessagePackReader reader);

/// <summary>Short ways to write and read MessagePack in tests.</summary>
internal static class WireBytes
{
    public static byte[] Write(WriteSteps steps)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        steps(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Encode<T>(TypeShape<T> shape, T value)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackCodec.Instance.GetSerializer(shape).Serialize(output, value);
        return output.WrittenSpan.ToArray();
    }

    public static T Decode<T>(TypeShape<T> shape, in ReadOnlySequence<byte> data) =>
        MessagePackCodec.Instance.GetSerializer(shape).Deserialize(data);

    public static T Decode<T>(TypeShape<T> shape, byte[] data) => Decode(shape, new ReadOnlySequence<byte>(data));

    public static T Read<T>(string hex, ReadSteps<T> steps) => Read(new ReadOnlySequence<byte>(Hex(hex)), steps);

    public static T Read<T>(in ReadOnlySequence<byte> data, ReadSteps<T> steps)
    {
        MessagePackReader reader = new(data);
        T value = steps(ref reader);
        Assert.True(reader.End);
        Assert.Equal(data.Length, reader.Consumed);
        return value;
    }

    /// <summary>The message of the error that reading must end in.</summary>
    public static string ReadError<T>(string hex, ReadSteps<T> steps) =>
        Assert.Throws<RpcSerializationException>(() =>
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>(Hex(hex)));
            steps(ref reader);
        }).Message;

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
