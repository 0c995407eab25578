using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>Reads the header of an array.</summary>
    /// <returns>
    /// How many elements follow; never more than the data can hold, so that a collection of that capacity can be created at once.
    /// </returns>
    /// <exception cref="RpcSerializationException">Something else comes next, or a count that the data cannot hold.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadArrayHeader()
    {
        byte code = Peek("an array");
        int count = code - MessagePackFormat.FixArray;
        if ((uint)count > MessagePackFormat.MaxFixContainer) return ReadLongArrayHeader(code);
        _index++;
        Claim("an array", count, 1, code);
        return count;
    }

    /// <summary>Reads the header of a map.</summary>
    /// <returns>How many entries follow, each a key and a value; never more than the data can hold.</returns>
    /// <exception cref="RpcSerializationException">Something else comes next, or a count that the data cannot hold.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadMapHeader()
    {
        byte code = Peek("a map");
        int count = code - MessagePackFormat.FixMap;
        if ((uint)count > MessagePackFormat.MaxFixContainer) return ReadLongMapHeader(code);
        _index++;
        Claim("a map", count, 2, code);
        return count;
    }

    /// <summary>Reads bytes from bin into an array of their own, or nil as null.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a length beyond the data.</exception>
    public byte[]? ReadBytes()
    {
        int length = ReadBinaryHeader("binary data or nil");
        if (length <= 0) return length == 0 ? [] : null;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads the header of bin and checks its length against the data; -1 for nil.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadBinaryHeader(string expected)
    {
        byte code = Peek(expected);
        switch (code)
        {
            case MessagePackFormat.Nil:
                _index++;
                return -1;
            case MessagePackFormat.Bin8: return ReadLengthAfterCode(1, code, 0, expected);
            case MessagePackFormat.Bin16: return ReadLengthAfterCode(2, code, 0, expected);
            case MessagePackFormat.Bin32: return ReadLengthAfterCode(4, code, 0, expected);
            default:
                MessagePackErrors.Unexpected(expected, code, Consumed);
                return 0;
        }
    }

    /// <summary>Reads bytes from bin into memory of their own; nil is empty.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a length beyond the data.</exception>
    public ReadOnlyMemory<byte> ReadMemory() => ReadBytes();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadLongArrayHeader(byte code) =>
        ReadLongHeader("an array", code, MessagePackFormat.Array16, MessagePackFormat.Array32, bytesEach: 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadLongMapHeader(byte code) =>
        ReadLongHeader("a map", code, MessagePackFormat.Map16, MessagePackFormat.Map32, bytesEach: 2);

    private int ReadLongHeader(string expected, byte code, byte code16, byte code32, int bytesEach)
    {
        if (code != code16 && code != code32) MessagePackErrors.Unexpected(expected, code, Consumed);
        uint count = (uint)ReadNumberAfterCode(code == code16 ? 2 : 4, expected);
        Claim(expected, count, bytesEach, code);
        return (int)count;
    }

    /// <summary>
    /// Checks a count, whose header was just read, against the bytes that follow and against what other collections claimed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Claim(string expected, long count, int bytesEach, byte code)
    {
        long bytes = count * bytesEach;
        _elements += bytes;
        if (bytes > Remaining || _elements > _length || count > Array.MaxLength) ThrowClaim(expected, count, code);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ThrowClaim(string expected, long count, byte code)
    {
        // A map's entries take two bytes each, but the message counts what the sender counted.
        int header = code is MessagePackFormat.Array32 or MessagePackFormat.Map32 ? 5
            : code is MessagePackFormat.Array16 or MessagePackFormat.Map16 ? 3 : 1;
        MessagePackErrors.TooLong(expected, count, "elements", code, Consumed - header, Remaining);
    }
}
