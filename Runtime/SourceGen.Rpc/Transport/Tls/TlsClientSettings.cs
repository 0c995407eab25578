using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>What a client's handshakes have in common: a snapshot of the options, and the certificate of the moment.</summary>
internal sealed class TlsClientSettings
{
    private readonly SslClientAuthenticationOptions _template;
    private readonly TlsCertificateSource? _certificate;
    private readonly RemoteCertificateValidationCallback? _callback;
    private readonly ILogger _logger;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="options">The framework's options.</param>
    /// <param name="certificate">Where the client's certificate comes from; null when the options have it, or there is none.</param>
    /// <param name="logger">Where it is told that a certificate was replaced.</param>
    public TlsClientSettings(SslClientAuthenticationOptions options, TlsCertificateSource? certificate, ILogger logger)
    {
        _template = TlsOptionsCopy.Of(options);
        _template.ApplicationProtocols ??= [TlsTransport.ApplicationProtocol];
        _certificate = certificate;
        _logger = logger;
        _callback = _template.RemoteCertificateValidationCallback;
        // The framework takes one callback, and this one is asked by TlsHandshake, which remembers what was wrong.
        _template.RemoteCertificateValidationCallback = null;
    }

    /// <summary>The SHA-256 thumbprint that alone decides, in upper case; null when the chain and the name do.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>The options of the next handshake.</summary>
    /// <param name="host">The host of the address; the options may name another one.</param>
    public SslClientAuthenticationOptions CreateOptions(string host)
    {
        SslClientAuthenticationOptions options = TlsOptionsCopy.Of(_template);
        if (string.IsNullOrEmpty(options.TargetHost)) options.TargetHost = host;
        if (_certificate is not null) options.ClientCertificateContext = _certificate.Get(_logger).Context;
        return options;
    }

    /// <summary>Whether a server's certificate is accepted.</summary>
    public bool Accepts(object sender, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_callback is not null) return _callback(sender, certificate, chain, errors);
        return Thumbprint is null ? errors == SslPolicyErrors.None : IsPinned(certificate);
    }

    // Whoever pins a certificate has said whom it names and who vouches for it, but not that it lasts for ever.
    private bool IsPinned(X509Certificate2? certificate) =>
        certificate is not null
        && certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == Thumbprint
        && certificate.NotBefore.ToUniversalTime() <= DateTime.UtcNow
        && DateTime.UtcNow <= certificate.NotAfter.ToUniversalTime();
}
