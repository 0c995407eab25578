using System.Globalization;
using System.Net;

namespace SourceGen.Rpc.Transport;

/// <summary>What the address <c>tcp://host:port</c> says.</summary>
/// <param name="Host">A name, an IP address without brackets, or <c>*</c>.</param>
/// <param name="FirstPort">The port, or the first of a range.</param>
/// <param name="LastPort">The same port, or the last of the range.</param>
internal readonly record struct TcpAddress(string Host, int FirstPort, int LastPort)
{
    /// <summary>Whether the host is <c>*</c>: every address of this machine.</summary>
    public bool IsAnyHost => Host == "*";

    /// <summary>Reads an address to listen at.</summary>
    /// <exception cref="FormatException">It is not of that form; the message quotes it and says what is wrong.</exception>
    public static TcpAddress ParseForListening(RpcAddress address) => Parse(address);

    /// <summary>Reads an address to connect to: one host and one port.</summary>
    /// <exception cref="FormatException">It is not of that form; the message quotes it and says what is wrong.</exception>
    public static TcpAddress ParseForConnecting(RpcAddress address)
    {
        TcpAddress parsed = Parse(address);
        if (parsed.IsAnyHost) throw Bad(address, "'*' is for listening; a client connects to one host");
        if (parsed.FirstPort != parsed.LastPort) throw Bad(address, "a port range is for listening; a client connects to one port");
        if (parsed.FirstPort == 0) throw Bad(address, "port 0 is for listening; take the port from the listener's LocalAddress");
        return parsed;
    }

    /// <summary>Writes an endpoint as an address.</summary>
    public static RpcAddress FromEndPoint(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip) return RpcAddress.Create("tcp", "");
        // A socket for both address families shows an IPv4 peer as ::ffff:1.2.3.4.
        IPAddress address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return RpcAddress.Create("tcp", new IPEndPoint(address, ip.Port).ToString());
    }

    private static TcpAddress Parse(RpcAddress address)
    {
        string rest = address.Rest;
        int colon = rest.LastIndexOf(':');
        if (colon < 0 || rest.EndsWith(']')) throw Bad(address, "the port is missing");
        string host = ParseHost(address, rest[..colon]);
        string ports = rest[(colon + 1)..];
        int dash = ports.IndexOf('-');
        if (dash < 0)
        {
            int port = ParsePort(address, ports);
            return new TcpAddress(host, port, port);
        }

        int first = ParsePort(address, ports[..dash]);
        int last = ParsePort(address, ports[(dash + 1)..]);
        if (first == 0) throw Bad(address, "a port range begins at 1 or higher");
        return first <= last
            ? new TcpAddress(host, first, last)
            : throw Bad(address, "the first port of the range is greater than the last");
    }

    private static string ParseHost(RpcAddress address, string host)
    {
        if (host.Length == 0) throw Bad(address, "the host is missing");
        if (host == "*") return host;
        if (host[0] == '[')
        {
            return host[^1] == ']' && IPAddress.TryParse(host[1..^1], out _)
                ? host[1..^1]
                : throw Bad(address, $"'{host}' is not an IPv6 address in brackets");
        }

        if (host.Contains(':')) throw Bad(address, "an IPv6 address stands in brackets, as in tcp://[::1]:5000");
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? host
            : throw Bad(address, $"'{host}' is not a host name or an IP address");
    }

    private static int ParsePort(RpcAddress address, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort
            ? port
            : throw Bad(address, $"'{text}' is not a port from 0 to {IPEndPoint.MaxPort}");

    private static FormatException Bad(RpcAddress address, string what) => new(
        $"'{address}' is not a TCP address: {what}. Write {address.Scheme}://host:port, for example {address.Scheme}://127.0.0.1:5000 or " +
        $"{address.Scheme}://[::1]:5000; to listen also {address.Scheme}://*:5000, port 0 for a free port, " +
        $"or a range as in {address.Scheme}://127.0.0.1:5000-5010.");
}
