using System.Net;

namespace SourceGen.Rpc.Security;

/// <summary>Which connections nobody but the two sides can read.</summary>
internal static class ChannelPrivacy
{
    /// <summary>
    /// Whether a connection is encrypted, or does not leave the machine: a process's memory, a Unix socket, TCP to a loopback address. What
    /// counts is the address that is connected to, not the name it was found by.
    /// </summary>
    public static bool IsPrivate(ITransportConnection transport)
    {
        if (transport is ITlsConnection) return true;
        return transport.RemoteAddress.Scheme switch
        {
            "memory" or "unix" or InProcessTransport.SchemeName => true,
            "tcp" => IPEndPoint.TryParse(transport.RemoteAddress.Rest, out IPEndPoint? endPoint) && IsLoopback(endPoint.Address),
            _ => false,
        };
    }

    /// <summary>Why a credential does not go to an address.</summary>
    public static string WhyNot(RpcAddress address) =>
        $"its credential would go to {address} in plain text. Use tls://, or set AllowInsecureCredentials if the network is trusted.";

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
