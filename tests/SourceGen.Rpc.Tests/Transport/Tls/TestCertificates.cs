using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>Authorities and certificates made for the tests, in memory.</summary>
internal static class TestCertificates
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static int _serial;

    /// <summary>The authority of most certificates.</summary>
    public static X509Certificate2 Authority { get; } = CreateAuthority("CN=Test Authority");

    /// <summary>An authority that nobody is told to trust.</summary>
    public static X509Certificate2 Stranger { get; } = CreateAuthority("CN=Stranger");

    /// <summary>A server's certificate for 127.0.0.1, ::1 and localhost.</summary>
    public static X509Certificate2 Server { get; } = Issue("CN=server");

    /// <summary>A client's certificate.</summary>
    public static X509Certificate2 Client { get; } = Issue("CN=client", usage: ClientUsage);

    /// <summary>A client's certificate of the authority that nobody trusts.</summary>
    public static X509Certificate2 StrangeClient { get; } = Issue("CN=strange client", Stranger, usage: ClientUsage);

    /// <summary>Makes a certificate with its key.</summary>
    /// <param name="subject">Its name.</param>
    /// <param name="authority">Who issues it.</param>
    /// <param name="dnsName">The name it is for, instead of this machine's.</param>
    /// <param name="notBefore">From when it is valid; by default since yesterday.</param>
    /// <param name="notAfter">Until when; by default until tomorrow.</param>
    /// <param name="usage">What it is for.</param>
    public static X509Certificate2 Issue(
        string subject,
        X509Certificate2? authority = null,
        string? dnsName = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        string usage = ServerUsage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (dnsName is not null)
        {
            names.AddDnsName(dnsName);
        }
        else
        {
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        byte[] serial = BitConverter.GetBytes(Interlocked.Increment(ref _serial));
        using X509Certificate2 certificate = request.Create(
            authority ?? Authority, notBefore ?? DateTimeOffset.UtcNow.AddDays(-1), notAfter ?? DateTimeOffset.UtcNow.AddDays(1), serial);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>The certificate alone, as a PEM file has it.</summary>
    public static string Pem(this X509Certificate2 certificate) => certificate.ExportCertificatePem();

    /// <summary>Its key, as a PEM file has it.</summary>
    public static string KeyPem(this X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private static X509Certificate2 CreateAuthority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
    }
}
