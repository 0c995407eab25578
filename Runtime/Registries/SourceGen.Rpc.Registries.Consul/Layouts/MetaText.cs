using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>
/// A text in a service's Meta, which has at most 64 names with values of at most 512 bytes
/// (https://developer.hashicorp.com/consul/docs/services/configuration/services-configuration-reference#meta): as it is, in pieces that are
/// cut between characters, and compressed where that does not fit.
/// </summary>
internal static class MetaText
{
    /// <summary>Two names of the 64 are left for others, such as a sidecar's.</summary>
    public const int MaxPieces = 61;
    public const int MaxPieceLength = 512;
    public const int MaxLength = MaxPieces * MaxPieceLength;

    private const string EncodingName = "record-encoding";
    private const string PlainEncoding = "json";
    private const string CompressedEncoding = "json+zlib+base64";

    /// <summary>Writes a text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="storedLength">How many bytes of Meta it takes, also when that is more than there is room for.</param>
    /// <returns>The names and values; null when it does not fit.</returns>
    public static ServiceMetadata? Write(byte[] text, out int storedLength)
    {
        string encoding = PlainEncoding;
        List<string> pieces = Cut(Encoding.UTF8.GetString(text));
        storedLength = text.Length;
        if (pieces.Count > MaxPieces)
        {
            string packed = Convert.ToBase64String(Zlib.Compress(text));
            storedLength = packed.Length;
            if (packed.Length > MaxLength) return null;
            encoding = CompressedEncoding;
            pieces = Cut(packed);
        }

        return ServiceMetadata.Create(
            [new(EncodingName, encoding), .. pieces.Select(static (piece, i) => new KeyValuePair<string, string>(NameOf(i), piece))]);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="meta">The names and values, which anybody may have written.</param>
    /// <param name="text">The text in UTF-8, or null.</param>
    /// <param name="error">What is wrong, or null.</param>
    public static bool TryRead(
        ServiceMetadata meta, [NotNullWhen(true)] out byte[]? text, [NotNullWhen(false)] out string? error)
    {
        StringBuilder joined = new();
        for (int i = 0; meta.TryGetValue(NameOf(i), out string? piece); i++) joined.Append(piece);
        text = null;
        error = null;
        string encoding = meta.GetValueOrDefault(EncodingName);
        if (encoding == PlainEncoding) text = Encoding.UTF8.GetBytes(joined.ToString());
        else if (encoding != CompressedEncoding) error = $"its Meta has {EncodingName}={encoding}, which is not known here";
        else if (!TryUnpack(joined.ToString(), out text))
        {
            error = "its Meta is not compressed text, or too long";
        }
        return error is null;
    }

    private static bool TryUnpack(string packed, [NotNullWhen(true)] out byte[]? text)
    {
        text = null;
        byte[] buffer = new byte[packed.Length];
        return Convert.TryFromBase64String(packed, buffer, out int length)
            && Zlib.TryDecompress(buffer[..length], ServiceRecordJson.MaxLength, out text, out _);
    }

    private static string NameOf(int piece) => string.Create(CultureInfo.InvariantCulture, $"record-{piece:00}");

    private static List<string> Cut(string text)
    {
        List<string> pieces = [];
        int start = 0;
        int bytes = 0;
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > MaxPieceLength)
            {
                pieces.Add(text[start..position]);
                start = position;
                bytes = 0;
            }

            bytes += rune.Utf8SequenceLength;
            position += rune.Utf16SequenceLength;
        }

        pieces.Add(text[start..]);
        return pieces;
    }
}
