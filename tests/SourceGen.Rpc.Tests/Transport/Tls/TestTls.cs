namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>TLS between a client and a server that know each other.</summary>
internal static class TestTls
{
    /// <summary>Gives a server its certificate, and lets a client trust its authority.</summary>
    public static void Use(RpcConnectionOptions options)
    {
        if (options is RpcServerOptions server) server.UseTls(TestCertificates.Server);
        if (options is RpcClientOptions client) client.UseTls(Trust);
    }

    /// <summary>Trusts the test authority.</summary>
    public static void Trust(TlsClientOptions options) => options.Authorities.Add(TestCertificates.Authority);
}
