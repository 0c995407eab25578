using System.Buffers.Binary;
using System.Text;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>Reads what another process sent, which may be anything: nothing is read beyond the end, and errors say where they are.</summary>
/// <param name="bytes">What was sent.</param>
/// <param name="what">What it is to be, for messages.</param>
internal ref struct DeliveryReader(ReadOnlySpan<byte> bytes, string what)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _what = what;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether there is nothing left.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>Reads the version that everything begins with.</summary>
    public void ReadVersion()
    {
        byte version = ReadByte("its version");
        if (version != DeliveryFormat.Version)
            throw Wrong($"version {version}, and this process knows version {DeliveryFormat.Version}: update the older one of the two");
    }

    public byte ReadByte(string part) => Position < _bytes.Length ? _bytes[Position++] : throw Short(part);

    public uint ReadNumber(string part)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = ReadByte(part);
            if (shift == 28 && next > 0x0F) break;
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Wrong($"a number of more than 32 bits as {part}");
    }

    public ReadOnlySpan<byte> ReadBytes(string part)
    {
        uint length = ReadNumber(part);
        if (length > (uint)(_bytes.Length - Position)) throw Wrong($"{length:N0} bytes as {part}, and {_bytes.Length - Position:N0} are left");
        ReadOnlySpan<byte> read = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return read;
    }

    public string ReadText(string part) => Encoding.UTF8.GetString(ReadBytes(part));

    public ulong ReadKey()
    {
        if (_bytes.Length - Position < 8) throw Short("its key");
        ulong key = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]);
        Position += 8;
        return key;
    }

    /// <summary>An error that says what there is and where.</summary>
    public readonly RpcException Wrong(string found) =>
        new(RpcStatusCode.InvalidArgument, $"{_what} of direct:// is malformed: before byte {Position:N0} of {_bytes.Length:N0} there is {found}.");

    private readonly RpcException Short(string part) =>
        new(RpcStatusCode.InvalidArgument, $"{_what} of direct:// is malformed: it ends after {_bytes.Length:N0} bytes, within {part}.");
}
