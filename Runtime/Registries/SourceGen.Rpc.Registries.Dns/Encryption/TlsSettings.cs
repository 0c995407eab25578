using System.Net;
using System.Net.Security;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>How connections are encrypted. Its files are read once.</summary>
internal sealed class TlsSettings
{
    private readonly SslClientAuthenticationOptions _common;
    private readonly string? _serverName;

    private TlsSettings(SslClientAuthenticationOptions common, string? serverName)
    {
        _common = common;
        _serverName = serverName;
    }

    /// <summary>Reads what options name.</summary>
    /// <returns>The settings; null when nothing is to be encrypted.</returns>
    /// <exception cref="ArgumentException">The options are wrong, or a file cannot be used; the message says why.</exception>
    public static TlsSettings? Load(DnsRegistryOptions options)
    {
        Check(options);
        return options.NeedsTls
            ? new TlsSettings(
                RegistryTls.Create(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath),
                options.TlsServerName)
            : null;
    }

    /// <summary>Checks what can be checked without reading a file.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message says why.</exception>
    public static void Check(DnsRegistryOptions options)
    {
        if (options.CertificateKeyPath is not null && options.CertificatePath is null)
        {
            throw new ArgumentException($"{nameof(options.CertificateKeyPath)} is given without {nameof(options.CertificatePath)}.");
        }

        if (options.TlsServerName is not { } name) return;
        if (!options.NeedsTls)
        {
            throw new ArgumentException(
                $"{nameof(options.TlsServerName)} is given, and connections are not encrypted; set {nameof(options.UseTls)}.");
        }

        if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            throw new ArgumentException(
                $"{nameof(options.TlsServerName)} is '{name}', which is neither a host's name nor an address; leave it null for the "
                + "address of the server.");
        }
    }

    /// <summary>
    /// What a connection to a server is made with. Its certificate must have the name, or without one the server's address.
    /// </summary>
    public SslClientAuthenticationOptions For(IPEndPoint server) => new()
    {
        TargetHost = _serverName ?? server.Address.ToString(),
        CertificateChainPolicy = _common.CertificateChainPolicy?.Clone(),
        ClientCertificates = _common.ClientCertificates,
        LocalCertificateSelectionCallback = _common.LocalCertificateSelectionCallback,
    };
}
