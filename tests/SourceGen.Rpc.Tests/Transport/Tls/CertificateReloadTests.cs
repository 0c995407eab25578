using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>A certificate in files that change while a server runs.</summary>
public sealed class CertificateReloadTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sgrpc-tls-").FullName;
    private readonly TestLog _log = new();
    private int _version;

    private string CertificatePath => Path.Combine(_directory, "server.pem");

    private string KeyPath => Path.Combine(_directory, "server.key");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task ANewCertificate_IsShownToNewConnections_AndOldOnesGoOn()
    {
        Write("CN=first");
        await using ITransportListener listener = await ListenAsync();
        await using TlsPair old = await TlsPair.OpenAsync(listener, Client());
        Assert.Equal("CN=first", old.Client.RemoteCertificate!.Subject);

        Write("CN=second");
        await using TlsPair young = await TlsPair.OpenAsync(listener, Client());
        Assert.Equal("CN=second", young.Client.RemoteCertificate!.Subject);
        Assert.Contains("was replaced; connections from now on show CN=second", _log.All(), StringComparison.Ordinal);

        Assert.Equal("CN=first", old.Client.RemoteCertificate!.Subject);
        foreach (TlsPair pair in (TlsPair[])[old, young])
        {
            await pair.Client.SendAsync([1, 2, 3]).Soon();
            Assert.Equal([1, 2, 3], await pair.Server.Input.ReadExactlyAsync(3));
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("missing")]
    [InlineData("another key")]
    public async Task AFileThatCannotBeUsed_IsLoggedOnce_AndTheOldCertificateStays_UntilItIsRepaired(string what)
    {
        Write("CN=first");
        await using ITransportListener listener = await ListenAsync();
        switch (what)
        {
            case "garbage": WriteFile(CertificatePath, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"); break;
            case "empty": WriteFile(CertificatePath, ""); break;
            case "missing": File.Delete(CertificatePath); break;
            case "another key": WriteFile(KeyPath, TestCertificates.Issue("CN=another").KeyPem()); break;
        }

        for (int i = 0; i < 3; i++)
        {
            await using TlsPair pair = await TlsPair.OpenAsync(listener, Client());
            Assert.Equal("CN=first", pair.Client.RemoteCertificate!.Subject);
        }

        Assert.Equal(1, _log.Count("the one from before stays in use"));
        Assert.Contains(CertificatePath, _log.All(), StringComparison.Ordinal);

        Write("CN=repaired");
        await using TlsPair repaired = await TlsPair.OpenAsync(listener, Client());
        Assert.Equal("CN=repaired", repaired.Client.RemoteCertificate!.Subject);
    }

    [Fact]
    public void FilesAreLookedAt_NoMoreOftenThanTheInterval()
    {
        Write("CN=first");
        var time = new ManualTime();
        var source = new PemCertificateSource(CertificatePath, KeyPath, keyPassword: null, TimeSpan.FromSeconds(10), time);
        ILogger logger = _log;
        Assert.Equal("CN=first", source.Get(logger).Leaf.Subject);
        Write("CN=second");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("CN=first", source.Get(logger).Leaf.Subject);
        time.Advance(TimeSpan.FromSeconds(1));
        TlsCertificate second = source.Get(logger);
        Assert.Equal("CN=second", second.Leaf.Subject);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Same(second, source.Get(logger));
    }

    [Fact]
    public void ALinkThatIsPointedElsewhere_IsAChange()
    {
        WriteFile(Path.Combine(_directory, "one.pem"), Combined("CN=first"));
        WriteFile(Path.Combine(_directory, "two.pem"), Combined("CN=second"));
        File.CreateSymbolicLink(CertificatePath, Path.Combine(_directory, "one.pem"));
        TlsCertificateSource source = TlsCertificateSource.FromPemFiles(CertificatePath, checkInterval: TimeSpan.Zero);
        Assert.Equal("CN=first", source.Get(_log).Leaf.Subject);
        File.Delete(CertificatePath);
        File.CreateSymbolicLink(CertificatePath, Path.Combine(_directory, "two.pem"));
        Assert.Equal("CN=second", source.Get(_log).Leaf.Subject);

        static string Combined(string subject)
        {
            using var certificate = TestCertificates.Issue(subject);
            return certificate.Pem() + "\n" + certificate.KeyPem() + "\n";
        }
    }

    [Fact]
    public async Task AServerWhoseFilesAreMissing_DoesNotStart_AndNamesThem()
    {
        RpcServerOptions options = new RpcServerOptions().Listen("tls://127.0.0.1:0").UseTls(CertificatePath, KeyPath);
        await using var server = new RpcServer(options);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => server.StartAsync().Soon());
        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.StartsWith(
            $"The certificate in {CertificatePath} with the key in {KeyPath} cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    private static ITransport Client() => new RpcClientOptions().UseTls(TestTls.Trust).Transports[^1];

    private async Task<ITransportListener> ListenAsync()
    {
        RpcServerOptions options = new() { LoggerFactory = _log };
        options.UseTls(tls =>
        {
            tls.CertificatePath = CertificatePath;
            tls.KeyPath = KeyPath;
            tls.ReloadInterval = TimeSpan.Zero;
        });
        return await options.Transports[^1].ListenAsync(RpcAddress.Parse("tls://127.0.0.1:0")).Soon();
    }

    private void Write(string subject)
    {
        using var certificate = TestCertificates.Issue(subject);
        WriteFile(CertificatePath, certificate.Pem());
        WriteFile(KeyPath, certificate.KeyPem());
    }

    // File systems with a coarse clock would show two writes as one.
    private void WriteFile(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(++_version));
    }
}
