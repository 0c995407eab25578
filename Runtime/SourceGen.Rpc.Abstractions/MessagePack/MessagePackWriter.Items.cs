using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.MessagePack;

/// <summary>For the items of a stream, which many of are written by one writer.</summary>
[SuppressMessage(
    "Performance", "CA1815:Override equals and operator equals on value types", Justification = "A ref struct is never compared.")]
public ref partial struct MessagePackWriter
{
    /// <summary>Bytes that were written and that the buffer writer does not know of yet.</summary>
    internal readonly int Unflushed => _index;

    /// <summary>Writes a byte that is no MessagePack, such as one that is filled in later.</summary>
    internal void WriteRawByte(byte value) => WriteByte(value);
}
