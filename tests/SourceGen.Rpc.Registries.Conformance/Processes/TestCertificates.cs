using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>PEM files of an authority, a server of the loopback interface and a client, for tests of TLS.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>Makes them.</summary>
    public TestCertificates() => Renew();

    /// <summary>Puts others in their place, of another authority.</summary>
    public void Renew()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        File.WriteAllText(AuthorityOfClients, authority.ExportCertificatePem());
        Issue(authority, "server", ServerCertificate, ServerKey);
        Issue(authority, "client", ClientCertificate, ClientKey);
    }

    /// <summary>The authority's certificate.</summary>
    public string Authority => _directory["ca.pem"];

    /// <summary>The same in a file that no server reads, for clients whose file is broken.</summary>
    public string AuthorityOfClients => _directory["client-ca.pem"];

    /// <summary>The server's certificate, for localhost and 127.0.0.1.</summary>
    public string ServerCertificate => _directory["server.pem"];

    /// <summary>The server's key.</summary>
    public string ServerKey => _directory["server-key.pem"];

    /// <summary>The client's certificate.</summary>
    public string ClientCertificate => _directory["client.pem"];

    /// <summary>The client's key.</summary>
    public string ClientKey => _directory["client-key.pem"];

    /// <summary>Removes them.</summary>
    public void Dispose() => _directory.Dispose();

    private static void Issue(X509Certificate2 authority, string name, string certificatePath, string keyPath)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // Both usages: a server uses its own certificate as a client's, too, when it calls itself.
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using X509Certificate2 issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(certificatePath, issued.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
    }
}
