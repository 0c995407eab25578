using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>
    /// Reads text as <see cref="ReadString"/> does, and gives a string that was read before where it can; see
    /// <see cref="InternAttribute"/>.
    /// </summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or the bytes are not UTF-8.</exception>
    [SkipLocalsInit]
    public string? ReadInternedString()
    {
        const string Expected = "a string or nil";
        if (Peek(Expected) == MessagePackFormat.Nil)
        {
            _index++;
            return null;
        }

        int length = ReadStringHeader(Expected);
        if (length == 0) return "";
        if (length > StringPool.MaxLength) return ReadText(length);
        long offset = Consumed;
        Span<byte> bytes = stackalloc byte[StringPool.MaxLength];
        bytes = bytes[..length];
        CopyTo(bytes);
        Span<char> chars = stackalloc char[StringPool.MaxLength];
        if (Utf8.ToUtf16(bytes, chars, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            ThrowNotUtf8(bytes, offset);
        }

        return StringPool.Get(chars[..written]);
    }
}
