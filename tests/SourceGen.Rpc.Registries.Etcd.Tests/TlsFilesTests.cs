using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>When the files that connections are made with are read again.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _files = new();

    [Fact]
    public void Files_that_did_not_change_are_not_read_again()
    {
        TlsFiles files = new(_files.Authority, _files.ClientCertificate, _files.ClientKey, NullLogger.Instance);
        Assert.Same(files.CreateOptions("h").ClientCertificates![0], files.CreateOptions("h").ClientCertificates![0]);
    }

    [Fact]
    public void A_mounted_secret_changes_by_its_link()
    {
        using TestCertificates others = new();
        Directory.CreateDirectory(_directory["first"]);
        Directory.CreateDirectory(_directory["second"]);
        File.Copy(_files.Authority, _directory["first", "ca.pem"]);
        File.Copy(others.Authority, _directory["second", "ca.pem"]);
        Directory.CreateSymbolicLink(_directory["data"], "first");
        File.CreateSymbolicLink(_directory["ca.pem"], Path.Combine("data", "ca.pem"));
        TlsFiles files = new(_directory["ca.pem"], null, null, NullLogger.Instance);
        Assert.Equal(Thumbprint(_files.Authority), TrustedBy(files));

        Directory.Delete(_directory["data"]);
        Directory.CreateSymbolicLink(_directory["data"], "second");

        Assert.Equal(Thumbprint(others.Authority), TrustedBy(files));
    }

    [Fact]
    public void A_certificate_whose_key_is_not_there_yet_is_not_used()
    {
        LogRecorder log = new();
        TlsFiles files = new(null, _files.ClientCertificate, _files.ClientKey, log);
        string before = ShownBy(files);
        string key = File.ReadAllText(_files.ClientKey);
        _files.Renew();
        string next = File.ReadAllText(_files.ClientKey);
        File.WriteAllText(_files.ClientKey, key);
        Assert.Equal(before, ShownBy(files));
        Assert.Contains("stay in use", Assert.Single(log.Lines), StringComparison.Ordinal);

        File.WriteAllText(_files.ClientKey, next);
        Assert.Equal(Thumbprint(_files.ClientCertificate), ShownBy(files));
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        LogRecorder log = new();
        TlsFiles files = new(_files.Authority, null, null, log);
        string before = TrustedBy(files);
        File.Delete(_files.Authority);
        Assert.Equal(before, TrustedBy(files));
        Assert.Contains(_files.Authority, Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _files.Dispose();
        _directory.Dispose();
    }

    private static string TrustedBy(TlsFiles files) =>
        Assert.Single(files.CreateOptions("h").CertificateChainPolicy!.CustomTrustStore).Thumbprint;

    private static string ShownBy(TlsFiles files) => files.CreateOptions("h").ClientCertificates![0].GetCertHashString();

    private static string Thumbprint(string path)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return certificate.Thumbprint;
    }
}
