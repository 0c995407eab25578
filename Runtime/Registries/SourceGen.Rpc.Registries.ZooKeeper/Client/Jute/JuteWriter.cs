using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Writes values as ZooKeeper's serialization does: integers big-endian, texts and buffers behind their length, vectors behind their count.
/// Source: the records in <c>zookeeper.jute</c> of Apache ZooKeeper 3.8, and its binary archive.
/// </summary>
internal sealed class JuteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public JuteWriter Boolean(bool value)
    {
        _buffer.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        _buffer.Advance(1);
        return this;
    }

    public JuteWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public JuteWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    public JuteWriter Buffer(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        return Raw(value);
    }

    public JuteWriter Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Int(length);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
        _buffer.Advance(length);
        return this;
    }

    public JuteWriter Texts(IReadOnlyCollection<string> values)
    {
        Int(values.Count);
        foreach (string value in values) Text(value);
        return this;
    }

    /// <summary>Bytes that are serialized already.</summary>
    public JuteWriter Raw(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    public void Clear() => _buffer.ResetWrittenCount();
}
