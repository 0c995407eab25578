namespace SourceGen.Rpc.Discovery.Tests.Model;

public sealed class RegistryAddressTests
{
    [Fact]
    public void AllPartsAreRead()
    {
        RegistryAddress address = RegistryAddress.Parse(
            RpcAddress.Parse("etcd://root:p%40ss@10.0.0.1:2379,[::1]:2380,host/pre%20fix?tls=true&timeout=0.5"), "tls", "timeout");
        Assert.Equal(("root", "p@ss", "/pre fix"), (address.UserName, address.Password, address.Path));
        Assert.Equal(
            [new RegistryEndpoint("10.0.0.1", 2379), new RegistryEndpoint("::1", 2380), new RegistryEndpoint("host", 99)],
            address.GetEndpoints(99).AsEnumerable());
        Assert.True(address.GetBoolean("tls"));
        Assert.Equal(TimeSpan.FromSeconds(0.5), address.GetSeconds("timeout", default));
        Assert.Equal("etcd://10.0.0.1:2379,[::1]:2380,host/pre fix", address.ToString());
    }

    [Theory]
    [InlineData("etcd://h?unknown=1", "unknown")]
    [InlineData("etcd://h?tls", "tls")]
    [InlineData("etcd://h?tls=1&tls=2", "twice")]
    public void WrongParametersAreNamed(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => RegistryAddress.Parse(RpcAddress.Parse(text), "tls")).Message);

    [Theory]
    [InlineData("h:0")]
    [InlineData("h:65536")]
    [InlineData("h:x")]
    [InlineData(":1")]
    [InlineData("[::1")]
    [InlineData("[]:1")]
    [InlineData("[::1]x")]
    [InlineData("::1")]
    public void WrongEndpointsAreQuoted(string text) =>
        Assert.Contains(text, Assert.Throws<FormatException>(() => RegistryEndpoint.Parse(text, 1)).Message);

    [Fact]
    public void ValuesOfParametersAreChecked()
    {
        RegistryAddress address = RegistryAddress.Parse(RpcAddress.Parse("etcd://?tls=yes&layout=strange&timeout=-1"), "tls", "layout", "timeout");
        Assert.Contains("tls=yes", Assert.Throws<FormatException>(() => address.GetBoolean("tls")).Message);
        Assert.Contains("layout=strange", Assert.Throws<FormatException>(() => address.GetWord("layout", "default", "micro")).Message);
        Assert.Contains("timeout=-1", Assert.Throws<FormatException>(() => address.GetSeconds("timeout", default)).Message);
        Assert.Contains("names no host", Assert.Throws<FormatException>(() => address.GetEndpoints(1)).Message);
    }
}
