using System.Buffers;

namespace SourceGen.Rpc.MessagePack;

/// <summary>Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) into a buffer writer.</summary>
public ref struct MessagePackWriter
{
    /// <summary>Creates a writer.</summary>
    /// <param name="output">Where the bytes go.</param>
    public MessagePackWriter(IBufferWriter<byte> output) => throw new NotImplementedException();
}
