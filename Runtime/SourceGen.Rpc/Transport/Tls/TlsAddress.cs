namespace SourceGen.Rpc.Transport.Tls;

/// <summary>Names the TLS end of a TCP connection.</summary>
internal static class TlsAddress
{
    /// <summary>The same place, by TLS.</summary>
    public static RpcAddress Of(RpcAddress tcp) => RpcAddress.Create("tls", tcp.Rest);
}
