using System.Text;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>The paths and contents that others write and read, both ways.</summary>
public sealed class LayoutTests
{
    private const string MicroJson =
        """{"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"metadata":{"protocol":"mucp"},"id":"greeter-1","address":"10.0.0.1:8080"}]}""";

    private const string DubboName =
        "dubbo%3A%2F%2F10.20.130.230%3A20880%2Fcom.foo.BarService%3Fapplication%3Dprovider%26group%3Dg%26interface%3Dcom.foo.BarService"
        + "%26methods%3DsayHello%2CgetPort%26pid%3D42%26side%3Dprovider%26timestamp%3D1545721981946%26version%3D1.0.0";

    [Fact]
    public void A_record_of_Go_Micro_is_read_and_written_as_it_is()
    {
        GoMicroLayout layout = new(GoMicroLayout.DefaultRoot);
        string directory = layout.GetDirectory("greeter");
        Assert.Equal("/micro-registry/greeter", directory);
        ServiceRecord record = layout.Read(directory, "greeter-1", Encoding.UTF8.GetBytes(MicroJson));
        Assert.Equal("greeter:latest", record.Key);
        ServiceNode node = Assert.Single(record.Nodes);
        Assert.Equal(("greeter-1", "10.0.0.1:8080", "mucp"), (node.Id, node.Address, node.Metadata["protocol"]));
        (string name, byte[] data) = layout.Write(record, node, RegisterOptions.Default);
        Assert.Equal("greeter-1", name);
        // The same members with the same values, and the node's in another order.
        Assert.Equal(
            """{"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"id":"greeter-1","address":"10.0.0.1:8080","metadata":{"protocol":"mucp"}}]}""",
            Encoding.UTF8.GetString(data));
    }

    [Fact]
    public void Slashes_are_dashes_in_Go_Micros_paths()
    {
        GoMicroLayout layout = new(GoMicroLayout.DefaultRoot);
        ServiceRecord record = new("shop/greeter") { Nodes = [new ServiceNode("a/b", "10.0.0.1:1")] };
        Assert.Equal("/micro-registry/shop-greeter", layout.GetDirectory(record.Name));
        (string name, byte[] data) = layout.Write(record, record.Nodes[0], RegisterOptions.Default);
        Assert.Equal("a-b", name);
        Assert.Equal("shop/greeter", layout.Read("/micro-registry/shop-greeter", name, data).Name);
        Assert.Throws<FormatException>(() => layout.Read("/micro-registry/other", name, data));
    }

    [Fact]
    public void A_path_and_URL_of_Dubbo_are_read_and_written_as_they_are()
    {
        DubboLayout layout = new(DubboLayout.DefaultRoot);
        string directory = layout.GetDirectory("com.foo.BarService");
        Assert.Equal("/dubbo/com.foo.BarService/providers", directory);
        Assert.Equal(directory, layout.GetDirectoryOfChild("com.foo.BarService"));
        ServiceRecord record = layout.Read(directory, DubboName, []);
        Assert.Equal("g/com.foo.BarService:1.0.0", record.Key);
        Assert.Equal(["sayHello", "getPort"], record.Endpoints.Select(static endpoint => endpoint.Name));
        ServiceNode node = Assert.Single(record.Nodes);
        Assert.Equal("dubbo://10.20.130.230:20880", node.Address);
        Assert.Equal(1545721981946, node.StartTime!.Value.ToUnixTimeMilliseconds());
        (string name, byte[] data) = layout.Write(record, node, RegisterOptions.Default);
        Assert.Equal(DubboName, name);
        Assert.Empty(data);
    }

    [Fact]
    public void A_persistent_URL_of_Dubbo_says_so()
    {
        DubboLayout layout = new(DubboLayout.DefaultRoot);
        ServiceRecord record = ServiceUrl.Parse("tcp://10.0.0.1:5000/Shop.Greeter?version=1.0&dynamic=false").ToRecord();
        (string name, _) = layout.Write(record, record.Nodes[0], new RegisterOptions { IsPersistent = true });
        Assert.Equal(
            "tcp%3A%2F%2F10.0.0.1%3A5000%2FShop.Greeter%3Fdynamic%3Dfalse%26interface%3DShop.Greeter%26version%3D1.0", IdOff(name));
        ServiceRecord read = layout.Read(layout.GetDirectory("Shop.Greeter"), name, []);
        Assert.Equal(record.Nodes[0].Id, read.Nodes[0].Id);
        Assert.Equal(record.Key, read.Key);

        // A URL that does not name its interface gets an id when it is written back, as the id is made of the URL as read.
        static string IdOff(string name) => System.Text.RegularExpressions.Regex.Replace(name, "%26id%3D[0-9a-f]+", "");
    }

    [Theory]
    [InlineData("a b", "a+b")]
    [InlineData("a+b", "a%2Bb")]
    [InlineData("*-_.", "*-_.")]
    [InlineData("~!'()", "%7E%21%27%28%29")]
    [InlineData("ü€😀", "%C3%BC%E2%82%AC%F0%9F%98%80")]
    [InlineData("dubbo://h:1/a?b=c&d", "dubbo%3A%2F%2Fh%3A1%2Fa%3Fb%3Dc%26d")]
    [InlineData("", "")]
    public void Texts_are_encoded_as_Java_does(string text, string encoded)
    {
        Assert.Equal(encoded, JavaUrlEncoding.Encode(text));
        Assert.Equal(text, JavaUrlEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("a%zz")]
    [InlineData("%C3")]
    public void What_Java_does_not_write_is_refused(string text) => Assert.Throws<FormatException>(() => JavaUrlEncoding.Decode(text));

    [Theory]
    [InlineData("not a URL")]
    [InlineData("consumer")]
    [InlineData("dubbo%3A%2F%2Fh%3A99999%2Fcom.foo.BarService")]
    [InlineData("dubbo%3A%2F%2Fh%3A1%2Fcom.foo.Other")]
    public void Names_that_are_no_URL_of_the_service_are_refused(string name)
    {
        DubboLayout layout = new(DubboLayout.DefaultRoot);
        Assert.Throws<FormatException>(() => layout.Read(layout.GetDirectory("com.foo.BarService"), name, []));
    }

    [Fact]
    public void The_default_layout_keeps_name_version_group_and_id_apart()
    {
        DefaultLayout layout = new(DefaultLayout.DefaultRoot);
        ServiceRecord record = new("Shop.Greeter", "1.0")
        {
            Metadata = ServiceMetadata.Create([new(ServiceMetadataKeys.Group, "a:b")]),
            Nodes = [new ServiceNode("n/1", "tcp://10.0.0.1:5000")],
        };
        (string name, byte[] data) = layout.Write(record, record.Nodes[0], RegisterOptions.Default);
        Assert.Equal("1.0:a%3Ab:n%2F1", name);
        string directory = layout.GetDirectory(record.Name);
        Assert.Equal("/sourcegen-rpc/services/Shop.Greeter", directory);
        Assert.Equal(record, layout.Read(directory, name, data));
        Assert.Equal("/sourcegen-rpc/services/%2E%2E", layout.GetDirectory(".."));
        Assert.Throws<FormatException>(() => layout.Read("/sourcegen-rpc/services/Other", name, data));
    }
}
