using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>
/// What each key of a section <c>Tls</c> sets. The files it names are loaded once here, so that a host with wrong ones does not start.
/// </summary>
internal static class TlsSection
{
    /// <summary>Reads a server's section, and adds the transport to its options.</summary>
    public static void Read(SectionReader reader, RpcServerOptions options)
    {
        TlsServerOptions tls = new();
        reader.Text("CertificatePath", value => tls.CertificatePath = value);
        reader.Text("KeyPath", value => tls.KeyPath = value);
        reader.Text("KeyPassword", value => tls.KeyPassword = value);
        reader.Duration("ReloadInterval", value => tls.ReloadInterval = value);
        reader.Choice<TlsClientCertificateMode>("ClientCertificateMode", value => tls.ClientCertificateMode = value);
        reader.Text("ClientAuthorityPath", value => tls.ClientAuthorityPath = value);
        reader.Choice<X509RevocationMode>("RevocationMode", value => tls.RevocationMode = value);
        if (IsValid(reader, tls.Validate)) options.UseTls(tls);
    }

    /// <summary>Reads a client's section, and adds the transport to its options.</summary>
    public static void Read(SectionReader reader, RpcClientOptions options)
    {
        TlsClientOptions tls = new();
        reader.Text("AuthorityPath", value => tls.AuthorityPath = value);
        reader.Text("ServerThumbprint", value => tls.ServerThumbprint = value);
        reader.Text("ServerName", value => tls.ServerName = value);
        reader.Text("CertificatePath", value => tls.CertificatePath = value);
        reader.Text("KeyPath", value => tls.KeyPath = value);
        reader.Text("KeyPassword", value => tls.KeyPassword = value);
        reader.Duration("ReloadInterval", value => tls.ReloadInterval = value);
        reader.Choice<X509RevocationMode>("RevocationMode", value => tls.RevocationMode = value);
        if (IsValid(reader, tls.Validate)) options.UseTls(tls);
    }

    private static bool IsValid(SectionReader reader, Action validate)
    {
        try
        {
            validate();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or RpcException)
        {
            reader.Complain(e.Message);
            return false;
        }
    }
}
