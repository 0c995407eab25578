using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>Compressed bytes by RFC 1950. Whoever wrote them says nothing about how many they become, so that is bounded.</summary>
internal static class Zlib
{
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal)) stream.Write(bytes);
        return packed.ToArray();
    }

    /// <param name="packed">The compressed bytes.</param>
    /// <param name="limit">The most that they may become.</param>
    /// <param name="bytes">The bytes, or null.</param>
    public static bool TryDecompress(byte[] packed, int limit, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        try
        {
            using ZLibStream stream = new(new MemoryStream(packed), CompressionMode.Decompress);
            using MemoryStream result = new();
            byte[] buffer = new byte[4096];
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                if (result.Length + read > limit) return false;
                result.Write(buffer, 0, read);
            }

            // A text that was cut off is decompressed as far as it goes, without an error; its checksum tells (RFC 1950, section 2.2).
            byte[] text = result.ToArray();
            if (packed.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(packed.AsSpan(packed.Length - 4)) != Adler32(text)) return false;
            bytes = text;
            return true;
        }
        catch (InvalidDataException)
        {
            // Whoever asks says what could not be read.
            return false;
        }
    }

    /// <summary>The same for a text in base64.</summary>
    public static bool TryDecompressBase64(string packed, int limit, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        byte[] buffer = new byte[packed.Length];
        return Convert.TryFromBase64String(packed, buffer, out int length) && TryDecompress(buffer[..length], limit, out bytes);
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
