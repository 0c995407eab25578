using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc;

/// <summary>
/// Lets servers listen, and clients connect, at <c>tls://host:port</c>. Each call replaces what an earlier one set; files are read when the
/// server starts or the client connects.
/// </summary>
public static class TlsOptionsExtensions
{
    /// <summary>Gives a server its certificate. Clients are not asked for theirs.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="certificate">The certificate with its private key.</param>
    /// <returns>The same options.</returns>
    public static RpcServerOptions UseTls(this RpcServerOptions options, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return options.UseTls(new TlsServerOptions { Certificate = certificate });
    }

    /// <summary>
    /// Gives a server its certificate in PEM files, which may be replaced while it runs. Clients are not asked for theirs.
    /// </summary>
    /// <param name="options">The server's options.</param>
    /// <param name="certificatePath">The certificate, followed by those between it and its authority, if any.</param>
    /// <param name="keyPath">The private key; null when it is in the same file.</param>
    /// <returns>The same options.</returns>
    public static RpcServerOptions UseTls(this RpcServerOptions options, string certificatePath, string? keyPath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        return options.UseTls(new TlsServerOptions { CertificatePath = certificatePath, KeyPath = keyPath });
    }

    /// <summary>Sets a server's TLS.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="configure">Sets it, for example <c>o => o.CertificatePath = "server.pem"</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is missing, or contradicts another one.</exception>
    public static RpcServerOptions UseTls(this RpcServerOptions options, Action<TlsServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        TlsServerOptions tls = new();
        configure(tls);
        return options.UseTls(tls);
    }

    /// <summary>Sets a server's TLS.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="tls">Certificates, and what is asked of clients; it must not change afterwards.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is missing, or contradicts another one.</exception>
    public static RpcServerOptions UseTls(this RpcServerOptions options, TlsServerOptions tls)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tls);
        tls.CheckValues();
        // The logger factory may be set later than this.
        Replace(options, new TlsTransport(
            () => tls.Load(TlsTransport.CreateLogger(options.LoggerFactory)),
            () => new TlsClientSettings(new(), certificate: null, TlsTransport.CreateLogger(options.LoggerFactory))));
        return options;
    }

    /// <summary>Lets a client connect to servers whose certificates the system's authorities have issued.</summary>
    /// <param name="options">The client's options.</param>
    /// <returns>The same options.</returns>
    public static RpcClientOptions UseTls(this RpcClientOptions options) => options.UseTls(new TlsClientOptions());

    /// <summary>Lets a client connect to servers whose certificates the given authorities, and no others, have issued.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="authorityPath">A PEM file with their certificates.</param>
    /// <returns>The same options.</returns>
    public static RpcClientOptions UseTls(this RpcClientOptions options, string authorityPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(authorityPath);
        return options.UseTls(new TlsClientOptions { AuthorityPath = authorityPath });
    }

    /// <summary>Sets a client's TLS.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configure">Sets it, for example <c>o => o.ServerThumbprint = "..."</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is malformed, or contradicts another one.</exception>
    public static RpcClientOptions UseTls(this RpcClientOptions options, Action<TlsClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        TlsClientOptions tls = new();
        configure(tls);
        return options.UseTls(tls);
    }

    /// <summary>Sets a client's TLS.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="tls">What is trusted, and the client's own certificate; it must not change afterwards.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is malformed, or contradicts another one.</exception>
    public static RpcClientOptions UseTls(this RpcClientOptions options, TlsClientOptions tls)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tls);
        tls.CheckValues();
        Replace(options, new TlsTransport(server: null, () => tls.Load(TlsTransport.CreateLogger(options.LoggerFactory))));
        return options;
    }

    private static void Replace(RpcConnectionOptions options, TlsTransport transport)
    {
        ITransport[] earlier = [.. options.Transports.Where(t => t.Scheme == transport.Scheme)];
        foreach (ITransport replaced in earlier) options.Transports.Remove(replaced);
        options.Transports.Add(transport);
    }
}
