using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Load;

/// <summary>The certificate of the server process, made anew by each: no key is ever kept.</summary>
internal static class LoadCertificate
{
    /// <summary>Makes a certificate that is valid for a day.</summary>
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=SourceGen.Rpc.Load", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
