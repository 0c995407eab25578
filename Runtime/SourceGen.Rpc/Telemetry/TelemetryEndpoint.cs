using System.Diagnostics;
using System.Globalization;

namespace SourceGen.Rpc.Telemetry;

/// <summary>An address as attributes have it: what it is, and its port apart.</summary>
/// <param name="Address">A host's name or IP address, the path of a socket, or whatever the transport calls its places.</param>
/// <param name="Port">The port, boxed once; null where there is none.</param>
internal sealed record TelemetryEndpoint(string Address, object? Port)
{
    /// <summary>Says that a call goes, or came, over a connection to this peer. One that has no name is not mentioned.</summary>
    public void TagAsPeer(Activity activity)
    {
        if (Address.Length == 0) return;
        activity.SetTag(RpcTelemetry.PeerAddress, Address);
        if (Port is not null) activity.SetTag(RpcTelemetry.PeerPort, Port);
    }

    /// <summary>Takes an address apart. Of transports that are not known here, what looks like <c>host:port</c> is taken for it.</summary>
    public static TelemetryEndpoint Of(RpcAddress address)
    {
        string rest = address.Rest;
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 || rest.Contains('/')) return new TelemetryEndpoint(rest, null);
        string host = rest[..colon];
        bool bracketed = host is ['[', .., ']'];
        if (host.Contains(':') && !bracketed) return new TelemetryEndpoint(rest, null);
        return int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? new TelemetryEndpoint(bracketed ? host[1..^1] : host, port)
            : new TelemetryEndpoint(rest, null);
    }
}
