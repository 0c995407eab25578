using System.Security.Cryptography;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Signing;

namespace SourceGen.Rpc.Registries.Dns.Tests.Signing;

public sealed class TsigKeyTests
{
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    [Fact]
    public void A_key_is_read_from_an_address()
    {
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(
            RpcAddress.Parse($"dns://10.0.0.1?tsig=Key.example&secret={Secret}&algorithm=hmac-sha384"));
        DnsRegistryOptions file = DnsRegistryOptions.FromAddress(RpcAddress.Parse("dns://10.0.0.1?tsig=key&secret-file=/run/not-there"));

        Assert.Equal(("Key.example", Secret, null), (options.KeyName, options.KeySecret, options.KeySecretPath));
        Assert.Equal(DnsKeyAlgorithm.HmacSha384, options.KeyAlgorithm);
        Assert.Equal(("key", null, "/run/not-there"), (file.KeyName, file.KeySecret, file.KeySecretPath));
        Assert.Equal(DnsKeyAlgorithm.HmacSha256, file.KeyAlgorithm);
        Assert.Equal("key.example", TsigKey.Load(options)!.Name.ToString());
        Assert.Null(TsigKey.Load(new DnsRegistryOptions()));
    }

    [Theory]
    [InlineData("secret=" + Secret, "KeySecret is given without KeyName")]
    [InlineData("secret-file=/run/key", "KeySecretPath is given without KeyName")]
    [InlineData("algorithm=hmac-sha256", "has the parameter 'algorithm' without 'tsig'")]
    [InlineData("tsig=key", "neither of KeySecret and KeySecretPath is given")]
    [InlineData("tsig=key&secret=" + Secret + "&secret-file=/run/key", "both of KeySecret and KeySecretPath are given")]
    [InlineData("tsig=&secret=" + Secret, "KeyName is '', which is no domain name: it is empty")]
    [InlineData("tsig=a..b&secret=" + Secret, "KeyName is 'a..b', which is no domain name: a label is empty")]
    [InlineData("tsig=key&secret=", "KeySecret has 0 bytes, and a secret must have at least 16")]
    [InlineData("tsig=key&secret=c2VjcmV0c2VjcmV0c2Vj", "KeySecret has 15 bytes")]
    [InlineData("tsig=key&secret=hush-hush-hush-hush-hush-hush", "KeySecret is not base64")]
    [InlineData("tsig=key&algorithm=hmac-md5&secret=" + Secret, "one of hmac-sha256, hmac-sha384, hmac-sha512")]
    public void What_is_wrong_with_a_key_is_said_without_its_secret(string parameters, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(
            () => DnsRegistryOptions.FromAddress(RpcAddress.Parse($"dns://10.0.0.1?{parameters}")));

        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain(Secret, $"{error}");
        Assert.DoesNotContain("hush", $"{error}");
        Assert.DoesNotContain("c2Vj", $"{error}");
    }

    [Fact]
    public void What_is_wrong_with_options_is_said_when_a_registry_is_created()
    {
        Assert.Contains("KeySecret", Error(new() { KeyName = "key" }));
        Assert.Contains("KeyAlgorithm is 9", Error(new() { KeyAlgorithm = (DnsKeyAlgorithm)9 }));
        using TemporaryDirectory directory = new();
        string file = directory["key"];
        Assert.Contains($"The file '{file}' of KeySecretPath cannot be read", Error(new() { KeyName = "key", KeySecretPath = file }));
        Assert.Contains("The file '' of KeySecretPath cannot be read", Error(new() { KeyName = "key", KeySecretPath = "" }));
        File.WriteAllText(file, "hush-hush");
        string text = Error(new() { KeyName = "key", KeySecretPath = file });
        Assert.Contains($"The file '{file}' of KeySecretPath is not base64", text);
        Assert.DoesNotContain("hush", text);
        File.WriteAllText(file, new string('A', 5000));
        Assert.Contains("has more than 4096 characters", Error(new() { KeyName = "key", KeySecretPath = file }));

        static string Error(DnsRegistryOptions options) => $"{Assert.Throws<ArgumentException>(() => new DnsRegistry(options))}";
    }

    [Fact]
    public void A_secret_in_a_file_may_stand_in_lines()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["key"], $"{Secret[..20]}\n  {Secret[20..]}\n");

        TsigKey? key = TsigKey.Load(new DnsRegistryOptions { KeyName = "key", KeySecretPath = directory["key"] });

        using IncrementalHash hash = key!.CreateHash();
        Assert.Equal(HMACSHA256.HashData(Convert.FromBase64String(Secret), Array.Empty<byte>()), hash.GetHashAndReset());
    }
}
