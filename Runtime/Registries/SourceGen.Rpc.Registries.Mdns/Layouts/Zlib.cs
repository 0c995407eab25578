using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>RFC 1950, with an end to what a few bytes can become.</summary>
internal static class Zlib
{
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream result = new();
        using (ZLibStream zlib = new(result, CompressionLevel.SmallestSize)) zlib.Write(bytes);
        return result.ToArray();
    }

    public static bool TryDecompress(
        byte[] bytes, int maxLength, [NotNullWhen(true)] out byte[]? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        error = null;
        using ZLibStream zlib = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream whole = new();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = zlib.Read(buffer)) > 0;)
            {
                if (whole.Length + read > maxLength)
                {
                    error = $"it unpacks to more than {maxLength:N0} bytes";
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

        result = whole.ToArray();
        return true;
    }
}
