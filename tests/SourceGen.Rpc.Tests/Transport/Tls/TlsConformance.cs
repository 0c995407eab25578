using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Tests.Transport.Tls;

public sealed class TlsConformance : TransportConformance
{
    protected override string ChooseForMe => "tls://127.0.0.1:0";

    protected override string Nobody => $"tls://127.0.0.1:{FreePort.Of(IPAddress.Loopback)}";

    protected override ITransport Create(int backlog) => new TlsTransport(new TlsOptions
    {
        Server = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Server },
        Client = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { TestCertificates.Authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    {
        Backlog = backlog,
        Settings = Settings,
    };
}
