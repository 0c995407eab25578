using System.Net;

namespace SourceGen.Rpc.Load;

/// <summary>Where the server process listens; it says so in its first line.</summary>
/// <param name="RawAsync">The asynchronous baseline.</param>
/// <param name="RawPolled">The polled baseline.</param>
/// <param name="Rpc">The RPC in its default mode; null in a build without the RPC.</param>
/// <param name="LowLatencyRpc">The RPC in its low-latency mode; null in a build without the RPC.</param>
/// <param name="TlsRpc">The RPC over TLS; null in a build without the RPC.</param>
/// <param name="Thumbprint">The SHA-256 thumbprint of the certificate that the server process made for itself.</param>
internal sealed record ServerAddresses(
    IPEndPoint RawAsync, IPEndPoint RawPolled, string? Rpc, string? LowLatencyRpc, string? TlsRpc, string? Thumbprint)
{
    private const string None = "-";

    public static ServerAddresses Parse(string line)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 6
            ? new ServerAddresses(
                IPEndPoint.Parse(parts[0]),
                IPEndPoint.Parse(parts[1]),
                OrNull(parts[2]),
                OrNull(parts[3]),
                OrNull(parts[4]),
                OrNull(parts[5]))
            : throw new FormatException($"'{line}' is not a list of five addresses and a thumbprint.");

        static string? OrNull(string text) => text == None ? null : text;
    }

    public override string ToString() =>
        $"{RawAsync} {RawPolled} {Rpc ?? None} {LowLatencyRpc ?? None} {TlsRpc ?? None} {Thumbprint ?? None}";
}
