using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>How connections are encrypted. Its files may be replaced while it is in use.</summary>
internal sealed class TlsSettings
{
    private readonly TlsFiles _files;
    private readonly string? _serverName;

    private TlsSettings(TlsFiles files, string? serverName)
    {
        _files = files;
        _serverName = serverName;
    }

    /// <summary>Reads what options name.</summary>
    /// <param name="options">The options.</param>
    /// <param name="logger">Where it is said that files were replaced.</param>
    /// <returns>The settings; null when nothing is to be encrypted.</returns>
    /// <exception cref="ArgumentException">The options are wrong, or a file cannot be used; the message says why.</exception>
    public static TlsSettings? Load(DnsRegistryOptions options, ILogger logger)
    {
        Check(options);
        return options.NeedsTls
            ? new TlsSettings(
                new TlsFiles(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, logger),
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
    public SslClientAuthenticationOptions For(IPEndPoint server) => _files.CreateOptions(_serverName ?? server.Address.ToString());
}
