using System.Buffers;

namespace SourceGen.Rpc.MessagePack;

/// <summary>Grows as encoded values are appended: one array for many small ones.</summary>
internal sealed class RawBuffer
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Append(scoped ReadOnlySpan<byte> encoded) => encoded.CopyTo(Reserve(encoded.Length));

    public void Append(in ReadOnlySequence<byte> encoded) => encoded.CopyTo(Reserve(checked((int)encoded.Length)));

    /// <summary>Appends text of UTF-8 with its header.</summary>
    public void AppendString(scoped ReadOnlySpan<byte> utf8)
    {
        switch (utf8.Length)
        {
            case <= MessagePackFormat.MaxFixStr:
                Append([(byte)(MessagePackFormat.FixStr | utf8.Length)]);
                break;
            case <= byte.MaxValue:
                Append([MessagePackFormat.Str8, (byte)utf8.Length]);
                break;
            case <= ushort.MaxValue:
                Append([MessagePackFormat.Str16, (byte)(utf8.Length >> 8), (byte)utf8.Length]);
                break;
            default:
                Append(
                [
                    MessagePackFormat.Str32,
                    (byte)(utf8.Length >> 24), (byte)(utf8.Length >> 16), (byte)(utf8.Length >> 8), (byte)utf8.Length,
                ]);
                break;
        }

        Append(utf8);
    }

    private Span<byte> Reserve(int size)
    {
        int start = _length;
        int end = checked(start + size);
        if (end > _bytes.Length)
        {
            long grown = Math.Max(end, Math.Max(64, 2L * _bytes.Length));
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, grown));
        }

        _length = end;
        return _bytes.AsSpan(start, size);
    }
}
