using System.Net;

namespace SourceGen.Rpc.Load;

/// <summary>Where the server process listens; it says so in its first line.</summary>
/// <param name="RawAsync">The asynchronous baseline.</param>
/// <param name="RawPolled">The polled baseline.</param>
/// <param name="Rpc">The RPC in its default mode; null in a build without the RPC.</param>
/// <param name="LowLatencyRpc">The RPC in its low-latency mode; null in a build without the RPC.</param>
internal sealed record ServerAddresses(IPEndPoint RawAsync, IPEndPoint RawPolled, string? Rpc, string? LowLatencyRpc)
{
    private const string None = "-";

    public static ServerAddresses Parse(string line)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 4
            ? new ServerAddresses(IPEndPoint.Parse(parts[0]), IPEndPoint.Parse(parts[1]), OrNull(parts[2]), OrNull(parts[3]))
            : throw new FormatException($"'{line}' is not a list of four addresses.");

        static string? OrNull(string text) => text == None ? null : text;
    }

    public override string ToString() => $"{RawAsync} {RawPolled} {Rpc ?? None} {LowLatencyRpc ?? None}";
}
