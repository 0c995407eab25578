using System.Buffers;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>The example of docs/codec.md.</summary>
public sealed class TaggedCodec(byte tag) : ICodec
{
    public string Name => "msgpack-tagged";

    public ISerializer<T> GetSerializer<T>(TypeShape<T> shape) => new Tagged<T>(MessagePackCodec.Instance.GetSerializer(shape), tag);

    private sealed class Tagged<T>(ISerializer<T> inner, byte tag) : ISerializer<T>
    {
        public void Serialize(IBufferWriter<byte> writer, in T value)
        {
            writer.Write([tag]);
            inner.Serialize(writer, in value);
        }

        public T Deserialize(in ReadOnlySequence<byte> data) =>
            new SequenceReader<byte>(data).TryPeek(out byte first) && first == tag
                ? inner.Deserialize(data.Slice(1))
                : throw new RpcSerializationException($"The message does not begin with the tag {tag}.");
    }
}
