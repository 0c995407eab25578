using System.Buffers;

namespace SourceGen.Rpc.MessagePack;

/// <summary>Reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) from untrusted bytes.</summary>
public ref struct MessagePackReader
{
    /// <summary>Creates a reader.</summary>
    /// <param name="input">The bytes.</param>
    public MessagePackReader(in ReadOnlySequence<byte> input) => throw new NotImplementedException();
}
