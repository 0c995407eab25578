using System.Buffers.Binary;
using System.Text;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Reads what <see cref="JuteWriter"/> writes, from anybody: a length is believed only as far as there are bytes, and a count only as far
/// as there is room for that many elements, so nothing is allocated for a length that lies. A length of -1 stands for none, which is read
/// as empty.
/// </summary>
internal ref struct JuteReader
{
    /// <summary>The least that an element of a vector takes: the length of an empty text.</summary>
    private const int MinElementSize = 4;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    public JuteReader(ReadOnlySpan<byte> source) => _source = source;

    public readonly int Remaining => _source.Length - _position;

    public bool ReadBoolean() => Take(1, "a boolean")[0] switch
    {
        0 => false,
        1 => true,
        byte other => throw new ZooKeeperProtocolException($"a boolean at offset {_position - 1:N0} is {other}"),
    };

    public int ReadInt() => BinaryPrimitives.ReadInt32BigEndian(Take(4, "an integer"));

    public long ReadLong() => BinaryPrimitives.ReadInt64BigEndian(Take(8, "a long integer"));

    public byte[] ReadBuffer() => TakeWithLength("a buffer").ToArray();

    public string ReadText()
    {
        int offset = _position;
        ReadOnlySpan<byte> bytes = TakeWithLength("a text");
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new ZooKeeperProtocolException($"the text at offset {offset:N0} is not UTF-8", e);
        }
    }

    public string[] ReadTexts()
    {
        int offset = _position;
        int count = ReadInt();
        if (count == -1) return [];
        if (count < 0 || count > Remaining / MinElementSize)
        {
            throw new ZooKeeperProtocolException(
                $"the vector at offset {offset:N0} says that it has {count:N0} elements, with {Remaining:N0} bytes left");
        }

        string[] texts = new string[count];
        for (int i = 0; i < texts.Length; i++) texts[i] = ReadText();
        return texts;
    }

    private ReadOnlySpan<byte> TakeWithLength(string what)
    {
        int length = ReadInt();
        if (length < -1) throw new ZooKeeperProtocolException($"{what} at offset {_position - 4:N0} has a length of {length:N0}");
        return length == -1 ? [] : Take(length, what);
    }

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (length > Remaining)
        {
            throw new ZooKeeperProtocolException(
                $"{what} of {length:N0} bytes at offset {_position:N0} is cut off: {Remaining:N0} bytes are left");
        }

        ReadOnlySpan<byte> taken = _source.Slice(_position, length);
        _position += length;
        return taken;
    }
}
