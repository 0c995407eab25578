using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>Compressed bytes by RFC 1950. Whoever wrote them says nothing about how many they become, so that is bounded.</summary>
internal static class Zlib
{
    private const int ChecksumLength = 4;

    /// <summary>The header, and the checksum at the end.</summary>
    private const int MinLength = 2 + ChecksumLength;

    /// <summary>Nothing, compressed: a header, an empty last block and the checksum.</summary>
    private static ReadOnlySpan<byte> Nothing => [0x78, 0xDA, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        // For nothing the framework's stream writes nothing, which nobody could read.
        if (bytes.IsEmpty) return Nothing.ToArray();
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.SmallestSize)) stream.Write(bytes);
        return packed.ToArray();
    }

    /// <param name="packed">The compressed bytes.</param>
    /// <param name="limit">The most that they may become.</param>
    /// <param name="bytes">The bytes, or null.</param>
    /// <param name="error">What is wrong with them; null when nothing is.</param>
    public static bool TryDecompress(
        byte[] packed, int limit, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? error)
    {
        bytes = null;
        error = null;
        using ZLibStream stream = new(new MemoryStream(packed), CompressionMode.Decompress);
        using MemoryStream whole = new();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (whole.Length + read > limit)
                {
                    error = $"it unpacks to more than {limit:N0} bytes";
                    return false;
                }

                whole.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            error = $"it cannot be unpacked ({e.Message})";
            return false;
        }

        // What was cut off is decompressed as far as it goes, without an error; its checksum tells (RFC 1950, section 2.2).
        byte[] found = whole.ToArray();
        if (packed.Length < MinLength || BinaryPrimitives.ReadUInt32BigEndian(packed.AsSpan()[^ChecksumLength..]) != Adler32(found))
        {
            error = "it cannot be unpacked (a part of it is missing)";
            return false;
        }

        bytes = found;
        return true;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65_521;
        uint low = 1;
        uint high = 0;
        foreach (byte one in bytes)
        {
            low = (low + one) % Modulus;
            high = (high + low) % Modulus;
        }

        return (high << 16) | low;
    }
}
