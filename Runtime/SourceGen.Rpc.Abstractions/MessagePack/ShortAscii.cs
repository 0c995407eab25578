using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SourceGen.Rpc.MessagePack;

/// <summary>
/// Encodes and decodes a few ASCII characters. Most texts in messages are such, and for them the general encoder spends more time on
/// finding its way than on the characters.
/// </summary>
internal static class ShortAscii
{
    private const int Block = 8;
    private const int MaxDecoded = 64;
    private const ulong NotAscii = 0x8080_8080_8080_8080;

    /// <summary>Writes a byte for each character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Room for as many bytes; what is there afterwards is of no use when the result is false.</param>
    /// <returns>Whether all characters were ASCII.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEncode(string text, ref byte destination)
    {
        ref ushort source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text.AsSpan()));
        return text.Length >= Block
            ? TryEncodeBlocks(ref source, ref destination, (nuint)text.Length)
            : TryEncodeSingly(ref source, ref destination, text.Length);
    }

    /// <summary>Makes a text of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The text; null when they are not 8 to 64 ASCII characters, and the general decoder has to look at them.</returns>
    public static string? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < Block or > MaxDecoded || !IsAscii(bytes)) return null;
        return string.Create(bytes.Length, bytes, static (text, bytes) =>
        {
            ref byte source = ref MemoryMarshal.GetReference(bytes);
            ref ushort destination = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
            int last = bytes.Length - Block;
            for (int i = 0; i < last; i += Block) DecodeBlock(ref source, ref destination, (nuint)i);
            DecodeBlock(ref source, ref destination, (nuint)last);
        });
    }

    private static bool IsAscii(ReadOnlySpan<byte> bytes)
    {
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        int last = bytes.Length - Block;
        ulong seen = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, last));
        for (int i = 0; i < last; i += Block) seen |= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, i));
        return (seen & NotAscii) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeBlock(ref byte source, ref ushort destination, nuint at)
    {
        Vector128<byte> bytes = Vector64.LoadUnsafe(ref source, at).ToVector128Unsafe();
        Vector128.WidenLower(bytes).StoreUnsafe(ref destination, at);
    }

    private static bool TryEncodeBlocks(ref ushort source, ref byte destination, nuint length)
    {
        Vector128<ushort> seen = Vector128<ushort>.Zero;
        nuint last = length - Block;
        for (nuint i = 0; i < last; i += Block) EncodeBlock(ref source, ref destination, i, ref seen);
        EncodeBlock(ref source, ref destination, last, ref seen); // May overlap the one before: that writes the same bytes again.
        return (seen & Vector128.Create((ushort)0xFF80)) == Vector128<ushort>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EncodeBlock(ref ushort source, ref byte destination, nuint at, ref Vector128<ushort> seen)
    {
        Vector128<ushort> characters = Vector128.LoadUnsafe(ref source, at);
        seen |= characters;
        Vector128.Narrow(characters, characters).GetLower().StoreUnsafe(ref destination, at);
    }

    private static bool TryEncodeSingly(ref ushort source, ref byte destination, int length)
    {
        uint seen = 0;
        for (int i = 0; i < length; i++)
        {
            uint character = Unsafe.Add(ref source, i);
            seen |= character;
            Unsafe.Add(ref destination, i) = (byte)character;
        }

        return seen < 0x80;
    }
}
