using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>Reads a boolean.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next.</exception>
    public bool ReadBoolean()
    {
        byte code = Peek("a boolean");
        if (code is not (MessagePackFormat.True or MessagePackFormat.False)) MessagePackErrors.Unexpected("a boolean", code, Consumed);
        _index++;
        return code == MessagePackFormat.True;
    }

    /// <summary>Reads an integer from 0 to 255.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte() =>
        TryReadPositiveFixInt(out byte value) ? value : (byte)ReadUnsigned(byte.MaxValue, "an integer from 0 to 255 (Byte)");

    /// <summary>Reads an integer from -128 to 127.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public sbyte ReadSByte() =>
        TryReadFixInt(out sbyte value) ? value : (sbyte)ReadSigned(sbyte.MinValue, sbyte.MaxValue, "an integer from -128 to 127 (SByte)");

    /// <summary>Reads a 16-bit integer.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public short ReadInt16() =>
        TryReadFixInt(out sbyte value)
            ? value
            : (short)ReadSigned(short.MinValue, short.MaxValue, "an integer from -32768 to 32767 (Int16)");

    /// <summary>Reads a 16-bit integer without sign.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort ReadUInt16() =>
        TryReadPositiveFixInt(out byte value) ? value : (ushort)ReadUnsigned(ushort.MaxValue, "an integer from 0 to 65535 (UInt16)");

    /// <summary>Reads a 32-bit integer.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() =>
        TryReadFixInt(out sbyte value) ? value : (int)ReadSigned(int.MinValue, int.MaxValue, "a 32-bit integer (Int32)");

    /// <summary>Reads a 32-bit integer without sign.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32() =>
        TryReadPositiveFixInt(out byte value) ? value : (uint)ReadUnsigned(uint.MaxValue, "a 32-bit integer that is not negative (UInt32)");

    /// <summary>Reads a 64-bit integer.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64() =>
        TryReadFixInt(out sbyte value) ? value : ReadSigned(long.MinValue, long.MaxValue, "a 64-bit integer (Int64)");

    /// <summary>Reads a 64-bit integer without sign.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64() =>
        TryReadPositiveFixInt(out byte value) ? value : ReadUnsigned(ulong.MaxValue, "a 64-bit integer that is not negative (UInt64)");

    /// <summary>Reads a UTF-16 code unit, which is an integer.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public char ReadChar() =>
        TryReadPositiveFixInt(out byte value)
            ? (char)value
            : (char)ReadUnsigned(char.MaxValue, "a UTF-16 code unit from 0 to 65535 (Char)");

    /// <summary>Reads a number from float 32, float 64 (rounded) or an integer (rounded).</summary>
    /// <exception cref="RpcSerializationException">Something else comes next.</exception>
    public float ReadSingle()
    {
        const string Expected = "a number (Single)";
        byte code = Peek(Expected);
        return code switch
        {
            MessagePackFormat.Float32 => BitConverter.UInt32BitsToSingle((uint)ReadNumberAfterCode(4, Expected)),
            MessagePackFormat.Float64 => (float)BitConverter.UInt64BitsToDouble(ReadNumberAfterCode(8, Expected)),
            MessagePackFormat.UInt64 => ReadNumberAfterCode(8, Expected),
            _ => ReadSigned(long.MinValue, long.MaxValue, Expected),
        };
    }

    /// <summary>Reads a number from float 32, float 64 or an integer (rounded).</summary>
    /// <exception cref="RpcSerializationException">Something else comes next.</exception>
    public double ReadDouble()
    {
        const string Expected = "a number (Double)";
        byte code = Peek(Expected);
        return code switch
        {
            MessagePackFormat.Float64 => BitConverter.UInt64BitsToDouble(ReadNumberAfterCode(8, Expected)),
            MessagePackFormat.Float32 => BitConverter.UInt32BitsToSingle((uint)ReadNumberAfterCode(4, Expected)),
            MessagePackFormat.UInt64 => ReadNumberAfterCode(8, Expected),
            _ => ReadSigned(long.MinValue, long.MaxValue, Expected),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadFixInt(out sbyte value)
    {
        ReadOnlySpan<byte> span = _span;
        int index = _index;
        if ((uint)index < (uint)span.Length)
        {
            value = (sbyte)span[index];
            if (value >= unchecked((sbyte)MessagePackFormat.MinNegativeFixInt))
            {
                _index = index + 1;
                return true;
            }
        }

        value = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadPositiveFixInt(out byte value)
    {
        ReadOnlySpan<byte> span = _span;
        int index = _index;
        if ((uint)index < (uint)span.Length)
        {
            value = span[index];
            if (value <= MessagePackFormat.MaxPositiveFixInt)
            {
                _index = index + 1;
                return true;
            }
        }

        value = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadSigned(long min, long max, string expected)
    {
        byte code = Peek(expected);
        long offset = Consumed;
        long value = 0;
        switch (code)
        {
            case <= MessagePackFormat.MaxPositiveFixInt:
            case >= MessagePackFormat.MinNegativeFixInt:
                value = (sbyte)code;
                _index++;
                break;
            case MessagePackFormat.UInt8: value = (byte)ReadNumberAfterCode(1, expected); break;
            case MessagePackFormat.UInt16: value = (ushort)ReadNumberAfterCode(2, expected); break;
            case MessagePackFormat.UInt32: value = (uint)ReadNumberAfterCode(4, expected); break;
            case MessagePackFormat.UInt64:
                ulong unsigned = ReadNumberAfterCode(8, expected);
                if (unsigned > long.MaxValue) ThrowOutOfRange(expected, unsigned, code, offset);
                value = (long)unsigned;
                break;
            case MessagePackFormat.Int8: value = (sbyte)ReadNumberAfterCode(1, expected); break;
            case MessagePackFormat.Int16: value = (short)ReadNumberAfterCode(2, expected); break;
            case MessagePackFormat.Int32: value = (int)ReadNumberAfterCode(4, expected); break;
            case MessagePackFormat.Int64: value = (long)ReadNumberAfterCode(8, expected); break;
            default: MessagePackErrors.Unexpected(expected, code, offset); break;
        }

        if (value < min || value > max) ThrowOutOfRange(expected, value, code, offset);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadUnsigned(ulong max, string expected)
    {
        byte code = Peek(expected);
        long offset = Consumed;
        ulong value;
        if (code == MessagePackFormat.UInt64)
        {
            value = ReadNumberAfterCode(8, expected);
        }
        else
        {
            long signed = ReadSigned(long.MinValue, long.MaxValue, expected);
            if (signed < 0) ThrowOutOfRange(expected, signed, code, offset);
            value = (ulong)signed;
        }

        if (value > max) ThrowOutOfRange(expected, value, code, offset);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowOutOfRange<T>(string expected, T value, byte code, long offset)
        where T : IFormattable =>
        MessagePackErrors.OutOfRange(expected, value.ToString(null, CultureInfo.InvariantCulture), code, offset);
}
