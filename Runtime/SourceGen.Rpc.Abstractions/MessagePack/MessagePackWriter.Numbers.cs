using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackWriter
{
    private const int MinFixInt = -32;
    private const uint FixIntCount = 160;

    /// <summary>Writes a boolean.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(bool value) => WriteByte(value ? MessagePackFormat.True : MessagePackFormat.False);

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value) => Write((uint)value);

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(sbyte value) => Write((int)value);

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(short value) => Write((int)value);

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ushort value) => Write((uint)value);

    /// <summary>Writes a UTF-16 code unit, as an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(char value) => Write((uint)value);

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int value)
    {
        Span<byte> span = _span;
        int index = _index;
        if ((uint)(value - MinFixInt) < FixIntCount && (uint)index < (uint)span.Length)
        {
            span[index] = (byte)value;
            _index = index + 1;
        }
        else
        {
            WriteSigned(value);
        }
    }

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value)
    {
        Span<byte> span = _span;
        int index = _index;
        if (value <= MessagePackFormat.MaxPositiveFixInt && (uint)index < (uint)span.Length)
        {
            span[index] = (byte)value;
            _index = index + 1;
        }
        else
        {
            WriteUnsigned(value);
        }
    }

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(long value)
    {
        Span<byte> span = _span;
        int index = _index;
        if ((ulong)(value - MinFixInt) < FixIntCount && (uint)index < (uint)span.Length)
        {
            span[index] = (byte)value;
            _index = index + 1;
        }
        else
        {
            WriteSigned(value);
        }
    }

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        Span<byte> span = _span;
        int index = _index;
        if (value <= MessagePackFormat.MaxPositiveFixInt && (uint)index < (uint)span.Length)
        {
            span[index] = (byte)value;
            _index = index + 1;
        }
        else
        {
            WriteUnsigned(value);
        }
    }

    /// <summary>Writes a number as float 32, with every bit kept (also the sign of zero and the payload of NaN).</summary>
    /// <param name="value">The value.</param>
    public void Write(float value)
    {
        ref byte start = ref Reserve(5);
        Put32(ref start, MessagePackFormat.Float32, BitConverter.SingleToUInt32Bits(value));
        _index += 5;
    }

    /// <summary>Writes a number as float 64, with every bit kept; a whole number stays a float.</summary>
    /// <param name="value">The value.</param>
    public void Write(double value)
    {
        ref byte start = ref Reserve(9);
        Put64(ref start, MessagePackFormat.Float64, BitConverter.DoubleToUInt64Bits(value));
        _index += 9;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUnsigned(ulong value)
    {
        ref byte start = ref Reserve(9);
        if (value <= MessagePackFormat.MaxPositiveFixInt)
        {
            start = (byte)value;
            _index += 1;
        }
        else if (value <= byte.MaxValue)
        {
            Put8(ref start, MessagePackFormat.UInt8, (byte)value);
            _index += 2;
        }
        else if (value <= ushort.MaxValue)
        {
            Put16(ref start, MessagePackFormat.UInt16, (ushort)value);
            _index += 3;
        }
        else if (value <= uint.MaxValue)
        {
            Put32(ref start, MessagePackFormat.UInt32, (uint)value);
            _index += 5;
        }
        else
        {
            Put64(ref start, MessagePackFormat.UInt64, value);
            _index += 9;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSigned(long value)
    {
        if (value >= 0)
        {
            WriteUnsigned((ulong)value);
            return;
        }

        ref byte start = ref Reserve(9);
        if (value >= MinFixInt)
        {
            start = (byte)value;
            _index += 1;
        }
        else if (value >= sbyte.MinValue)
        {
            Put8(ref start, MessagePackFormat.Int8, (byte)value);
            _index += 2;
        }
        else if (value >= short.MinValue)
        {
            Put16(ref start, MessagePackFormat.Int16, (ushort)value);
            _index += 3;
        }
        else if (value >= int.MinValue)
        {
            Put32(ref start, MessagePackFormat.Int32, (uint)value);
            _index += 5;
        }
        else
        {
            Put64(ref start, MessagePackFormat.Int64, (ulong)value);
            _index += 9;
        }
    }

    private static void Put8(ref byte start, byte code, byte value)
    {
        start = code;
        Unsafe.Add(ref start, 1) = value;
    }

    private static void Put16(ref byte start, byte code, ushort value)
    {
        start = code;
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref start, 1), BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
    }

    private static void Put32(ref byte start, byte code, uint value)
    {
        start = code;
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref start, 1), BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
    }

    private static void Put64(ref byte start, byte code, ulong value)
    {
        start = code;
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref start, 1), BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
    }
}
