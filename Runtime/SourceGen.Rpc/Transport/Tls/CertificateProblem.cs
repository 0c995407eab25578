using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>Says in words what is wrong with a peer's certificate, and what to do about it.</summary>
internal static class CertificateProblem
{
    /// <summary>Describes a server's certificate that its client does not accept.</summary>
    /// <param name="certificate">The certificate, if there was one.</param>
    /// <param name="chain">Its chain.</param>
    /// <param name="errors">What the framework found.</param>
    /// <param name="host">The name that the client asked for.</param>
    /// <returns>The end of a sentence, and perhaps further ones, without the last full stop.</returns>
    public static string DescribeServer(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null) return "the server showed no certificate";
        string whose = $"the server's certificate ({certificate.Subject})";
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            const string Advice = "Name that authority in UseTls (AuthorityPath), or the certificate itself (ServerThumbprint)";
            return DescribeChain(certificate, chain, whose, Advice);
        }

        return (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0
            ? $"{whose} is for {NamesOf(certificate)}, not for '{host}'. Connect by one of its names, or set ServerName in UseTls"
            : $"{whose} was not accepted by the validation callback";
    }

    /// <summary>Describes a client's certificate that its server does not accept.</summary>
    /// <inheritdoc cref="DescribeServer"/>
    public static string DescribeClient(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "the server requires a client certificate, and the client showed none. "
                + "Set CertificatePath and KeyPath in the client's UseTls";
        }

        string whose = $"the client's certificate ({certificate.Subject})";
        return (errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0
            ? DescribeChain(certificate, chain, whose, "Use one that an authority of the server (ClientAuthorityPath) has issued")
            : $"{whose} was not accepted by the validation callback";
    }

    /// <summary>Describes a server's certificate that is not the one the client has pinned.</summary>
    public static string DescribePin(X509Certificate2 certificate, string thumbprint) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256) == thumbprint
            ? DescribeTime(certificate, $"the server's certificate ({certificate.Subject})")
                ?? $"the server's certificate ({certificate.Subject}) was not accepted"
            : $"the server's certificate ({certificate.Subject}) has the SHA-256 thumbprint "
                + $"{certificate.GetCertHashString(HashAlgorithmName.SHA256)}, and {thumbprint} is expected. "
                + "If the server has a new certificate, set ServerThumbprint to its thumbprint";

    private static string DescribeChain(X509Certificate2 certificate, X509Chain? chain, string whose, string adviceOnTrust)
    {
        if (DescribeTime(certificate, whose) is { } time) return time;
        X509ChainStatus[] all = chain?.ChainStatus ?? [];
        X509ChainStatusFlags flags = all.Aggregate(X509ChainStatusFlags.NoError, static (sum, status) => sum | status.Status);
        if ((flags & X509ChainStatusFlags.Revoked) != 0) return $"{whose} is revoked. Its owner needs a new one";
        if ((flags & X509ChainStatusFlags.NotValidForUsage) != 0)
        {
            return $"{whose} is not meant for this use: its extended key usage must name server or client authentication, as the case is";
        }

        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                ? $"{whose} is not trusted: it is signed by itself. {adviceOnTrust}"
                : $"{whose} is not trusted: its issuer, {certificate.Issuer}, is unknown here. {adviceOnTrust}";
        }

        if ((flags & (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation)) != 0)
        {
            return $"{whose}: whether it is revoked could not be found out. "
                + "Make its revocation list reachable, or set RevocationMode to NoCheck";
        }

        string details = string.Join(", ", all.Select(static status => $"{status.Status}: {status.StatusInformation.Trim()}"));
        return $"{whose} is not valid ({details})";
    }

    private static string? DescribeTime(X509Certificate2 certificate, string whose)
    {
        DateTime now = DateTime.UtcNow;
        if (certificate.NotAfter.ToUniversalTime() < now)
        {
            return $"{whose} expired at {Format(certificate.NotAfter)}. Renew it, or correct this machine's clock";
        }

        return certificate.NotBefore.ToUniversalTime() > now
            ? $"{whose} is not valid before {Format(certificate.NotBefore)}. Correct the clock of the machine that is wrong"
            : null;
    }

    private static string Format(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (X509SubjectAlternativeNameExtension extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(static address => address.ToString()));
        }

        return names.Count > 0 ? string.Join(", ", names) : "no name at all (it has no subject alternative names)";
    }
}
