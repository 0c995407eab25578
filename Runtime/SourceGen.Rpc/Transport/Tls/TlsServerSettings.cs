using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>What a server's handshakes have in common: a snapshot of the options, and the certificate of the moment.</summary>
internal sealed class TlsServerSettings
{
    private readonly SslServerAuthenticationOptions _template;
    private readonly TlsCertificateSource? _certificate;
    private readonly RemoteCertificateValidationCallback? _callback;
    private readonly ILogger _logger;
    private volatile Current? _current;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="options">The framework's options.</param>
    /// <param name="certificate">Where the certificate comes from; null when the options have it.</param>
    /// <param name="logger">Where it is told that a certificate was replaced.</param>
    public TlsServerSettings(SslServerAuthenticationOptions options, TlsCertificateSource? certificate, ILogger logger)
    {
        _template = TlsOptionsCopy.Of(options);
        _template.ApplicationProtocols ??= [TlsTransport.ApplicationProtocol];
        _certificate = certificate;
        _logger = logger;
        _callback = _template.RemoteCertificateValidationCallback;
        // The framework takes one callback, and this one is asked by TlsHandshake, which remembers what was wrong.
        _template.RemoteCertificateValidationCallback = null;
    }

    /// <summary>The options of the next handshake.</summary>
    public SslServerAuthenticationOptions CreateOptions()
    {
        if (_certificate is null) return _template;
        TlsCertificate certificate = _certificate.Get(_logger);
        if (_current is { } current && current.Certificate == certificate) return current.Options;
        SslServerAuthenticationOptions options = TlsOptionsCopy.Of(_template);
        options.ServerCertificateContext = certificate.Context;
        _current = new Current(certificate, options);
        return options;
    }

    /// <summary>Whether a client's certificate, or that there is none, is accepted.</summary>
    public bool Accepts(object sender, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_callback is not null) return _callback(sender, certificate, chain, errors);
        return errors == SslPolicyErrors.None
            || (!_template.ClientCertificateRequired && errors == SslPolicyErrors.RemoteCertificateNotAvailable);
    }

    /// <summary>Kept together, as the framework keeps what it prepares for a certificate with the objects it was given.</summary>
    private sealed record Current(TlsCertificate Certificate, SslServerAuthenticationOptions Options);
}
