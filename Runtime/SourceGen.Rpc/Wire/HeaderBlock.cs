using System.Buffers;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Wire;

/// <summary>The headers of a message as they go over the wire: a MessagePack array with kind, name and value of each in turn.</summary>
internal static class HeaderBlock
{
    private const int Parts = 3;

    /// <summary>Encodes headers of two kinds.</summary>
    /// <returns>Null when there are none.</returns>
    public static byte[]? Encode(HeaderKind firstKind, RpcHeaders? first, HeaderKind secondKind, RpcHeaders? second)
    {
        KeyValuePair<string, string>[] one = first?.Snapshot() ?? [];
        KeyValuePair<string, string>[] other = second?.Snapshot() ?? [];
        if (one.Length + other.Length == 0) return null;
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(Parts * (one.Length + other.Length));
        Write(ref writer, firstKind, one);
        Write(ref writer, secondKind, other);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Decodes headers of two kinds; those of others are skipped.</summary>
    /// <exception cref="RpcSerializationException">They are not headers, or one has a name or value that is not allowed.</exception>
    public static (RpcHeaders First, RpcHeaders Second) Decode(in ReadOnlySequence<byte> block, HeaderKind firstKind, HeaderKind secondKind)
    {
        RpcHeaders? first = null;
        RpcHeaders? second = null;
        MessagePackReader reader = new(block);
        int parts = reader.ReadArrayHeader();
        if (parts % Parts != 0)
        {
            throw new RpcSerializationException($"Headers are an array of {parts} elements; it must be kind, name and value of each.");
        }

        for (; parts > 0; parts -= Parts)
        {
            HeaderKind kind = (HeaderKind)reader.ReadInt32();
            string name = reader.ReadString() ?? "";
            string value = reader.ReadString() ?? "";
            if (HeaderRules.Check(name, value) is { } problem) throw new RpcSerializationException(problem);
            if (kind == firstKind) (first ??= new RpcHeaders()).AddChecked(name, value);
            else if (kind == secondKind) (second ??= new RpcHeaders()).AddChecked(name, value);
        }

        return (Received(first), Received(second));
    }

    private static RpcHeaders Received(RpcHeaders? headers) => headers?.Freeze("it was received") ?? RpcHeaders.Empty;

    private static void Write(ref MessagePackWriter writer, HeaderKind kind, KeyValuePair<string, string>[] headers)
    {
        foreach ((string name, string value) in headers)
        {
            writer.Write((int)kind);
            writer.Write(name);
            writer.Write(value);
        }
    }
}
