using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace SourceGen.Rpc.Brokers.RabbitMq.Connecting;

/// <summary>Says to the client what a TLS connection is made with. It knows no authorities of one's own, so these are checked here.</summary>
internal static class RabbitMqTls
{
    /// <summary>The client's options for a connection.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="host">The name that the server's certificate must have.</param>
    public static SslOption CreateOption(SslClientAuthenticationOptions options, string host) => new(host, enabled: true)
    {
        // The system's choice.
        Version = SslProtocols.None,
        Certs = options.ClientCertificates,
        CertificateSelectionCallback = options.LocalCertificateSelectionCallback,
        CertificateValidationCallback = options.CertificateChainPolicy is { } policy
            ? (_, certificate, chain, errors) => IsTrusted(policy, certificate, chain, errors)
            : null,
    };

    private static bool IsTrusted(X509ChainPolicy policy, X509Certificate? certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        // That the chain does not end at an authority of the system is what the policy is for; any other error stays one.
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using X509Chain chain = new();
        chain.ChainPolicy = policy.Clone();
        if (offered is not null) chain.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
        return chain.Build(server);
    }
}
