using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>What the options accept, and that nothing of the framework's is lost in the copies.</summary>
public sealed class TlsOptionsTests
{
    [Fact]
    public void ACopyOfTheServersOptions_HasEveryValue() => AssertCopied(
        TlsOptionsCopy.Of,
        new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(TestCertificates.Server, null, offline: true) });

    [Fact]
    public void ACopyOfTheClientsOptions_HasEveryValue() => AssertCopied(
        TlsOptionsCopy.Of,
        new SslClientAuthenticationOptions { ClientCertificateContext = SslStreamCertificateContext.Create(TestCertificates.Client, null, offline: true) });

    [Fact]
    public void OptionsThatAreChangedLater_DoNotReachTheTransport()
    {
        var options = new SslServerAuthenticationOptions { ApplicationProtocols = [new("first")], ServerCertificate = TestCertificates.Server };
        var settings = new TlsServerSettings(options, certificate: null, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        options.ApplicationProtocols.Add(new("second"));
        options.ServerCertificate = null;
        Assert.Equal([new("first")], settings.CreateOptions().ApplicationProtocols!);
        Assert.Same(TestCertificates.Server, settings.CreateOptions().ServerCertificate);
    }

    [Fact]
    public void ContradictionsAreNamed()
    {
        Fails<RpcServerOptions>("needs a certificate: set CertificatePath", o => o.UseTls(_ => { }));
        Fails<RpcServerOptions>("CertificatePath and Certificate are both set", o => o.UseTls(t => (t.CertificatePath, t.Certificate) = ("a", TestCertificates.Server)));
        Fails<RpcServerOptions>(
            "ClientCertificateMode is Require; set ClientAuthorityPath or ClientAuthorities too",
            o => o.UseTls(t => (t.Certificate, t.ClientCertificateMode) = (TestCertificates.Server, TlsClientCertificateMode.Require)));
        Fails<RpcServerOptions>("ClientCertificateMode is None: nobody would be asked", o => o.UseTls(t =>
        {
            t.Certificate = TestCertificates.Server;
            t.ClientAuthorities.Add(TestCertificates.Authority);
        }));
        Fails<RpcClientOptions>(
            "ServerThumbprint is '12'; it must be 64 hexadecimal digits", o => o.UseTls(t => t.ServerThumbprint = "12"));
        Fails<RpcClientOptions>("KeyPath is set without CertificatePath", o => o.UseTls(t => t.KeyPath = "key.pem"));
        Fails<RpcClientOptions>("ServerThumbprint alone decides", o => o.UseTls(t =>
        {
            t.ServerThumbprint = new string('a', 64);
            t.Authorities.Add(TestCertificates.Authority);
        }));
        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(TestCertificates.Server.RawData);
        Assert.Throws<ArgumentException>(() => TlsCertificateSource.FromCertificate(withoutKey));
    }

    [Fact]
    public void UseTls_ReplacesWhatAnEarlierCallSet()
    {
        RpcServerOptions options = new RpcServerOptions().UseTls(TestCertificates.Server).UseTls("other.pem", "other.key");
        Assert.Single(options.Transports, static transport => transport.Scheme == "tls");
    }

    private static void Fails<TOptions>(string expected, Action<TOptions> use)
        where TOptions : new() =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => use(new TOptions())).Message, StringComparison.Ordinal);

    /// <summary>Gives every property another value than its default, so that a new one of the framework's cannot be forgotten.</summary>
    private static void AssertCopied<T>(Func<T, T> copy, T options)
        where T : class, new()
    {
        T defaults = new();
        PropertyInfo[] properties = typeof(T).GetProperties();
        foreach (PropertyInfo property in properties)
        {
            if (!Equals(property.GetValue(options), property.GetValue(defaults))) continue;
            property.SetValue(options, AnotherValue(property.PropertyType, property.GetValue(defaults)));
        }

        T copied = copy(options);
        foreach (PropertyInfo property in properties)
        {
            object? value = property.GetValue(copied);
            if (value is System.Collections.IEnumerable and not string) Assert.Equal(property.GetValue(options), value);
            else if (value is X509ChainPolicy policy) Assert.Equal(((X509ChainPolicy)property.GetValue(options)!).UrlRetrievalTimeout, policy.UrlRetrievalTimeout);
            else Assert.True(Equals(property.GetValue(options), value), $"{property.Name} is {value} in the copy.");
            Assert.False(Equals(property.GetValue(defaults), value), $"{property.Name} is tested with its default.");
        }
    }

    private static object AnotherValue(Type type, object? value)
    {
        if (type == typeof(bool)) return !(bool)value!;
        if (type == typeof(string)) return "another";
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value));
        if (type == typeof(List<SslApplicationProtocol>)) return new List<SslApplicationProtocol> { new("another") };
        if (type == typeof(X509ChainPolicy)) return new X509ChainPolicy { UrlRetrievalTimeout = TimeSpan.FromSeconds(77) };
        if (type == typeof(X509Certificate)) return TestCertificates.Server;
        if (type == typeof(X509CertificateCollection)) return new X509CertificateCollection { TestCertificates.Client };
#pragma warning disable CA1416 // The test runs where the policy exists.
        if (type == typeof(CipherSuitesPolicy)) return new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        if (type == typeof(RemoteCertificateValidationCallback)) return new RemoteCertificateValidationCallback((_, _, _, _) => true);
        if (type == typeof(ServerCertificateSelectionCallback))
            return new ServerCertificateSelectionCallback((_, _) => TestCertificates.Server);
        if (type == typeof(LocalCertificateSelectionCallback))
            return new LocalCertificateSelectionCallback((_, _, _, _, _) => TestCertificates.Client);
        throw new NotSupportedException($"The framework has an option of type {type}: copy it, and give it a value here.");
    }
}
