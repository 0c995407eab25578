using System.Buffers;
using System.Text;

namespace SourceGen.Rpc.Wire;

/// <summary>The 8 bytes each side sends first. They make a peer of another protocol known at once.</summary>
internal static class Preamble
{
    public const int Size = 8;

    private const int ShortestVerb = 4;

    /// <summary><c>SGRPC</c>, a byte that no text has, the protocol's major version, and a line feed.</summary>
    public static ReadOnlySpan<byte> Bytes => [(byte)'S', (byte)'G', (byte)'R', (byte)'P', (byte)'C', 0xF5, 1, (byte)'\n'];

    /// <summary>Checks as much of the preamble as has arrived.</summary>
    /// <returns>Null when it is right so far; otherwise what the peer seems to speak.</returns>
    public static string? Check(in ReadOnlySequence<byte> start)
    {
        Span<byte> bytes = stackalloc byte[(int)Math.Min(start.Length, Size)];
        start.Slice(0, bytes.Length).CopyTo(bytes);
        if (Bytes.StartsWith(bytes)) return null;
        if (bytes.Length < ShortestVerb && IsHttp(bytes, least: 1)) return null; // A few more bytes, and it can be answered in kind.
        int same = Math.Min(bytes.Length, 6);
        if (bytes[..same].SequenceEqual(Bytes[..same]))
            return $"SourceGen.Rpc protocol version {bytes[6]}, and this side speaks version {Bytes[6]}";
        return Guess(bytes);
    }

    private static string Guess(ReadOnlySpan<byte> bytes)
    {
        if (IsTls(bytes)) return "TLS, and this side does not: use tcp:// to connect, or tls:// to listen";
        if (bytes.Length >= 2 && bytes[0] == 0x15 && bytes[1] == 0x03)
            return "TLS (its first message is an alert): connect to it by tls://";
        if (IsHttp(bytes)) return "HTTP";
        if (bytes.StartsWith("SSH-"u8)) return "SSH";
        return $"something else than SourceGen.Rpc (first bytes {Convert.ToHexString(bytes)})";
    }

    /// <summary>Whether the bytes begin a TLS handshake.</summary>
    public static bool IsTls(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x16 && bytes[1] == 0x03;

    /// <summary>Whether the bytes begin an HTTP request or answer.</summary>
    /// <param name="bytes">The first bytes, as many as there are.</param>
    /// <param name="least">How many must be there and agree.</param>
    public static bool IsHttp(ReadOnlySpan<byte> bytes, int least = ShortestVerb)
    {
        foreach (string start in (ReadOnlySpan<string>)["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "PRI * ", "HTTP/"])
        {
            int length = Math.Min(start.Length, bytes.Length);
            if (length >= least && Encoding.ASCII.GetBytes(start).AsSpan(0, length).SequenceEqual(bytes[..length])) return true;
        }

        return false;
    }
}
