using System.Buffers;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>MessagePack as text that does not depend on the order of a map's entries, which is no part of any contract.</summary>
internal static class MessagePackText
{
    public static string Of(byte[] data)
    {
        MessagePackReader reader = new(new ReadOnlySequence<byte>(data));
        string text = Next(ref reader, data);
        Assert.True(reader.End);
        return text;
    }

    private static string Next(ref MessagePackReader reader, byte[] data)
    {
        int start = (int)reader.Consumed;
        byte code = data[start];
        if (code is (>= 0x90 and <= 0x9f) or 0xdc or 0xdd)
        {
            string[] items = new string[reader.ReadArrayHeader()];
            string header = WireBytes.Hex(data[start..(int)reader.Consumed]);
            for (int i = 0; i < items.Length; i++) items[i] = Next(ref reader, data);
            return $"{header}[{string.Join(' ', items)}]";
        }

        if (code is (>= 0x80 and <= 0x8f) or 0xde or 0xdf)
        {
            string[] entries = new string[reader.ReadMapHeader()];
            string header = WireBytes.Hex(data[start..(int)reader.Consumed]);
            for (int i = 0; i < entries.Length; i++) entries[i] = $"{Next(ref reader, data)}:{Next(ref reader, data)}";
            return $"{header}{{{string.Join(' ', entries.Order(StringComparer.Ordinal))}}}";
        }

        reader.Skip();
        return WireBytes.Hex(data[start..(int)reader.Consumed]);
    }
}
