using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackWriter
{
    /// <summary>Begins an array; the caller then writes its elements.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="RpcSerializationException">The count is negative.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteArrayHeader(int count)
    {
        if ((uint)count <= MessagePackFormat.MaxFixContainer) WriteByte((byte)(MessagePackFormat.FixArray | count));
        else WriteLongHeader(count, MessagePackFormat.Array16, MessagePackFormat.Array32);
    }

    /// <summary>Begins a map; the caller then writes its entries, each a key and a value.</summary>
    /// <param name="count">How many entries.</param>
    /// <exception cref="RpcSerializationException">The count is negative.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteMapHeader(int count)
    {
        if ((uint)count <= MessagePackFormat.MaxFixContainer) WriteByte((byte)(MessagePackFormat.FixMap | count));
        else WriteLongHeader(count, MessagePackFormat.Map16, MessagePackFormat.Map32);
    }

    /// <summary>Writes bytes as bin, or nil.</summary>
    /// <param name="value">The bytes, or null.</param>
    public void Write(byte[]? value)
    {
        if (value is null) WriteNil();
        else WriteBinary(value);
    }

    /// <summary>Writes bytes as bin; the default value is empty, not nil.</summary>
    /// <param name="value">The bytes.</param>
    public void Write(ReadOnlyMemory<byte> value) => WriteBinary(value.Span);

    /// <summary>Writes bytes as bin; the default value is empty, not nil.</summary>
    /// <param name="value">The bytes.</param>
    public void Write(Memory<byte> value) => WriteBinary(value.Span);

    /// <summary>Writes bytes as bin.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteBinary(scoped ReadOnlySpan<byte> value)
    {
        WriteBinaryHeader(value.Length);
        WriteRaw(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteBinaryHeader(int length)
    {
        ref byte start = ref Reserve(5);
        if (length <= byte.MaxValue)
        {
            Put8(ref start, MessagePackFormat.Bin8, (byte)length);
            _index += 2;
        }
        else if (length <= ushort.MaxValue)
        {
            Put16(ref start, MessagePackFormat.Bin16, (ushort)length);
            _index += 3;
        }
        else
        {
            Put32(ref start, MessagePackFormat.Bin32, (uint)length);
            _index += 5;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLongHeader(int count, byte code16, byte code32)
    {
        if (count < 0) MessagePackErrors.NegativeCount(count);
        ref byte start = ref Reserve(5);
        if (count <= ushort.MaxValue)
        {
            Put16(ref start, code16, (ushort)count);
            _index += 3;
        }
        else
        {
            Put32(ref start, code32, (uint)count);
            _index += 5;
        }
    }
}
