using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>TLS by configuration alone, with certificates that each test makes.</summary>
public sealed class TlsConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sgrpc-tls-").FullName;
    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly string _thumbprint;

    public TlsConfigurationTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificatePath = Write("server.pem", certificate.ExportCertificatePem());
        _keyPath = Write("server.key", key.ExportPkcs8PrivateKeyPem());
        _thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("AuthorityPath")]
    [InlineData("ServerThumbprint")]
    public async Task ServerAndClient_TalkOverTls(string trust)
    {
        IHost server = await StartServerAsync();
        IHost client = await TestHost.StartAsync(
            services => services.AddRpcClient<IGreeter>(),
            ("Rpc:Client:Address", server.AddressOf()),
            ($"Rpc:Client:Tls:{trust}", trust == "AuthorityPath" ? _certificatePath : _thumbprint));

        Assert.StartsWith("tls://127.0.0.1:", server.AddressOf(), StringComparison.Ordinal);
        Assert.NotEmpty(await client.Services.GetRequiredService<IGreeter>().GreetAsync("you"));
        await client.StopAndDisposeAsync();
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Mutual_ClientShowsItsCertificate()
    {
        IHost server = await StartServerAsync(
            ("Rpc:Server:Tls:ClientCertificateMode", "require"), ("Rpc:Server:Tls:ClientAuthorityPath", _certificatePath));
        IHost client = await TestHost.StartAsync(
            services => services.AddRpcClient<IGreeter>(),
            ("Rpc:Client:Address", server.AddressOf()),
            ("Rpc:Client:Tls:AuthorityPath", _certificatePath),
            ("Rpc:Client:Tls:CertificatePath", _certificatePath),
            ("Rpc:Client:Tls:KeyPath", _keyPath));

        Assert.NotEmpty(await client.Services.GetRequiredService<IGreeter>().GreetAsync("you"));
        await client.StopAndDisposeAsync();
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task ServerSection_Mistakes_FailTheStartAndNameTheSection()
    {
        await FailsAsync("Rpc:Server:Tls: A TLS server needs a certificate: set CertificatePath", ("KeyPath", _keyPath));
        await FailsAsync("Rpc:Server:Tls: The certificate in nowhere.pem with the key in nowhere.pem cannot be used", ("CertificatePath", "nowhere.pem"));
        await FailsAsync(
            "Rpc:Server:Tls:ClientCertificateMode is 'maybe'; it must be None or Allow or Require.", ("ClientCertificateMode", "maybe"));
        await FailsAsync(
            "Rpc:Server:Tls: ClientCertificateMode is Require; set ClientAuthorityPath",
            ("CertificatePath", _certificatePath), ("KeyPath", _keyPath), ("ClientCertificateMode", "Require"));
        await FailsAsync(
            "Rpc:Server:Tls: The authorities in " + _keyPath + " cannot be used: it holds no certificate",
            ("CertificatePath", _certificatePath), ("KeyPath", _keyPath), ("ClientCertificateMode", "Require"), ("ClientAuthorityPath", _keyPath));
        await FailsAsync("Rpc:Server:Tls:CertificatPath is not a known key. Did you mean CertificatePath?", ("CertificatPath", "x"));

        async Task FailsAsync(string expected, params (string Key, string? Value)[] tls) => Assert.Contains(
            expected,
            (await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
                services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>(),
                [.. tls.Select(pair => ($"Rpc:Server:Tls:{pair.Key}", pair.Value))]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientSection_Mistakes_FailTheStartAndNameTheSection()
    {
        await FailsAsync("Rpc:Client:Tls: ServerThumbprint is 'AB'; it must be 64 hexadecimal digits", ("ServerThumbprint", "AB"));
        await FailsAsync("Rpc:Client:Tls: KeyPath is set without CertificatePath", ("KeyPath", _keyPath));
        await FailsAsync(
            "Rpc:Client:Tls: ServerThumbprint alone decides", ("ServerThumbprint", _thumbprint), ("AuthorityPath", _certificatePath));

        async Task FailsAsync(string expected, params (string Key, string? Value)[] tls) => Assert.Contains(
            expected,
            (await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
                services => services.AddRpcClient<IGreeter>("memory://a"),
                [.. tls.Select(pair => ($"Rpc:Client:Tls:{pair.Key}", pair.Value))]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TlsAddress_WithoutTheSection_FailsTheStartAndSaysWhatToAdd()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("tls://127.0.0.1:0")).AddService<IGreeter, Greeter>()));

        Assert.Contains("call UseTls on the options", error.Message, StringComparison.Ordinal);
    }

    private Task<IHost> StartServerAsync(params (string Key, string? Value)[] more) => TestHost.StartAsync(
        services => services.AddRpcServer().AddService<IGreeter, Greeter>(),
        [
            ("Rpc:Server:Addresses:0", "tls://127.0.0.1:0"),
            ("Rpc:Server:Tls:CertificatePath", _certificatePath),
            ("Rpc:Server:Tls:KeyPath", _keyPath),
            .. more,
        ]);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
