using System.IO.Compression;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>What a node is in Consul, both ways, and what becomes of what is none.</summary>
public sealed class LayoutTests
{
    private const string GoldenLatest = "v-789cca492c492d2e01040000ffff08cc028e";

    private static readonly ServiceRecord s_record = new("greeter", "latest")
    {
        Endpoints =
        [
            new ServiceEndpoint("Greeter.Hello")
            {
                Request = new ServiceValue("Request", "Request") { Values = [new ServiceValue("name", "string")] },
                Response = new ServiceValue("Response", "Response"),
                Metadata = ServiceMetadata.Empty.With("stream", "false"),
            },
        ],
        Nodes =
            [new ServiceNode("greeter-1", "10.0.0.1:8080") { Metadata = ServiceMetadata.Empty.With("protocol", "mucp").With("server", "grpc") }],
    };

    [Fact]
    public void C33_GoMicrosVersionTagIsReadAndWritten()
    {
        ConsulService service = new("greeter-1", "greeter") { Tags = [GoldenLatest], Address = "10.0.0.1", Port = 8080 };
        Assert.True(new GoMicroLayout().TryRead(new ConsulInstance(service, "127.0.0.1"), out ServiceRecord? read, out _));
        Assert.Equal(new ServiceRecord("greeter", "latest") { Nodes = [new ServiceNode("greeter-1", "10.0.0.1:8080")] }, read);

        string written = Assert.Single(new GoMicroLayout().Write(read).Tags);
        Assert.StartsWith("v-", written, StringComparison.Ordinal);
        Assert.Equal("latest", Encoding.UTF8.GetString(Unpack(written)));
        Assert.Equal(Unpack(GoldenLatest), Unpack(written));
    }

    [Fact]
    public void C33_GoMicrosTagsRoundTrip()
    {
        ConsulService service = new GoMicroLayout().Write(s_record);

        Assert.Equal(("greeter-1", "greeter", "10.0.0.1", 8080), (service.Id, service.Name, service.Address, service.Port));
        Assert.Equal("mucp", service.Meta["protocol"]);
        Assert.Equal(["t-", "t-", "e-", "v-"], service.Tags.Select(static tag => tag[..2]));
        Assert.Equal("""{"protocol":"mucp"}""", Encoding.UTF8.GetString(Unpack(service.Tags[0])));
        Assert.StartsWith(
            """{"name":"Greeter.Hello","request":{"name":"Request","type":"Request","values":[{"name":"name",""",
            Encoding.UTF8.GetString(Unpack(service.Tags[2])),
            StringComparison.Ordinal);
        Assert.True(new GoMicroLayout().TryRead(new ConsulInstance(service, ""), out ServiceRecord? read, out _));
        Assert.Equal(s_record, read);
    }

    [Fact]
    public void C33_GoMicrosOldPlainTagsAreRead()
    {
        ConsulService service = new("n", "greeter")
        {
            Tags = ["t={\"protocol\":\"mucp\"}", "e={\"name\":\"Greeter.Hello\"}", "v=1.2", "something else"],
            Port = 80,
        };

        Assert.True(new GoMicroLayout().TryRead(new ConsulInstance(service, "10.9.9.9"), out ServiceRecord? read, out _));
        Assert.Equal("1.2", read.Version);
        Assert.Equal("Greeter.Hello", Assert.Single(read.Endpoints).Name);
        Assert.Equal("10.9.9.9:80", read.Nodes[0].Address);
        Assert.Equal("mucp", read.Nodes[0].Metadata["protocol"]);
    }

    [Theory]
    [InlineData("v-zz", "is not hex(zlib(text))")]
    [InlineData("v-789", "is not hex(zlib(text))")]
    [InlineData("v-00", "is not hex(zlib(text))")]
    [InlineData("e={}}", "cannot be read")]
    [InlineData("e=1", "cannot be read")]
    [InlineData("t={\"a\":1}", "'a' is a number where a text is expected")]
    [InlineData("t=[]", "cannot be read")]
    public void A_wrong_tag_is_named(string tag, string words)
    {
        ConsulService service = new("n", "greeter") { Tags = [tag, GoldenLatest] };

        Assert.False(new GoMicroLayout().TryRead(new ConsulInstance(service, ""), out _, out string? error));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Contains(tag, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_was_cut_off_anywhere_is_no_tag()
    {
        string tag = GoMicroTags.OfEndpoint(s_record.Endpoints[0]);
        for (int length = 2; length < tag.Length; length++)
        {
            bool isRead = GoMicroTags.TryRead([tag[..length], GoldenLatest], out _, out _, out _, out _);
            Assert.False(isRead, tag[..length]);
        }
    }

    [Fact]
    public void A_tag_or_a_text_that_becomes_huge_is_refused()
    {
        byte[] bomb = Zlib.Compress(new byte[100 * 1024 * 1024]);
        string hex = Convert.ToHexStringLower(bomb);
        Assert.False(GoMicroTags.TryRead([$"v-{hex}"], out _, out _, out _, out string? error));
        Assert.Contains("or too long", error, StringComparison.Ordinal);

        byte[] large = Zlib.Compress(Encoding.UTF8.GetBytes($"{{\"name\":\"{new string('x', 250_000)}\"}}"));
        string tag = $"e-{Convert.ToHexStringLower(large)}";
        Assert.True(GoMicroTags.TryRead([tag, GoldenLatest], out _, out _, out _, out _));
        Assert.False(GoMicroTags.TryRead([.. Enumerable.Repeat(tag, 5), GoldenLatest], out _, out _, out _, out _));

        Assert.False(Zlib.TryDecompress(bomb, ServiceRecordJson.MaxLength, out _, out error));
        Assert.Equal("it unpacks to more than 1,048,576 bytes", error);
    }

    [Fact]
    public void The_address_of_a_server_keeps_its_host_and_port_in_GoMicros_layout()
    {
        ConsulService service = new GoMicroLayout().Write(s_record with { Nodes = [new ServiceNode("n", "tcp://10.0.0.1:5000")] });
        Assert.Equal(("10.0.0.1", 5000), (service.Address, service.Port));
    }

    [Fact]
    public void A_record_without_a_version_is_written_and_read_in_GoMicros_layout()
    {
        GoMicroLayout layout = new();
        ConsulService service = layout.Write(new ServiceRecord("greeter") { Nodes = [new ServiceNode("n", "10.0.0.1:5000")] });
        Assert.True(layout.TryRead(new ConsulInstance(service, ""), out ServiceRecord? read, out string? error), error);
        Assert.Equal("", read.Version);
    }

    [Fact]
    public void Nothing_is_compressed_as_everybody_does()
    {
        Assert.Equal("78da030000000001", Convert.ToHexStringLower(Zlib.Compress([])));
        Assert.True(Zlib.TryDecompress(Zlib.Compress([]), 0, out byte[]? bytes, out _));
        Assert.Empty(bytes);
    }

    [Fact]
    public void What_has_no_place_in_GoMicros_layout_is_invalid()
    {
        Assert.Contains(
            "keeps host:port", Fails(s_record with { Nodes = [new ServiceNode("n", "unix:///run/x")] }), StringComparison.Ordinal);
        Assert.Contains("keeps host:port", Fails(s_record with { Nodes = [new ServiceNode("n", "tls://h:1")] }), StringComparison.Ordinal);
        Assert.Contains(
            "metadata of its own (group=blue)",
            Fails(s_record with { Metadata = ServiceMetadata.Empty.With("group", "blue") }),
            StringComparison.Ordinal);

        static string Fails(ServiceRecord record)
        {
            RpcException error = Assert.Throws<RpcException>(() => new GoMicroLayout().Write(record));
            Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
            return error.Message;
        }
    }

    [Theory]
    [InlineData(10, 1, false)]
    [InlineData(5_000, 10, false)]
    [InlineData(15_000, 55, false)]
    [InlineData(100_000, 3, true)]
    public void A_record_stands_in_Meta_in_pieces_and_compressed_where_it_must(int length, int atLeast, bool isCompressed)
    {
        // Characters of two, three and four bytes, so that some would be cut apart.
        string text = string.Concat(Enumerable.Repeat("ä€😀", (length / 9) + 1));
        ServiceRecord record = s_record with { Metadata = ServiceMetadata.Empty.With("text", text) };

        ConsulService service = new DefaultLayout().Write(record);

        Assert.InRange(service.Meta.Count, atLeast, 64);
        Assert.All(service.Meta, static pair => Assert.InRange(Encoding.UTF8.GetByteCount(pair.Value), 1, 512));
        Assert.Equal(isCompressed ? "json+zlib+base64" : "json", service.Meta["record-encoding"]);
        Assert.True(new DefaultLayout().TryRead(new ConsulInstance(service, ""), out ServiceRecord? read, out _));
        Assert.Equal(record, read);
    }

    [Fact]
    public void A_record_that_does_not_fit_is_invalid()
    {
        byte[] noise = new byte[30_000];
        new Random(1).NextBytes(noise);
        ServiceRecord record = s_record with { Metadata = ServiceMetadata.Empty.With("noise", Convert.ToBase64String(noise)) };

        RpcException error = Assert.Throws<RpcException>(() => new DefaultLayout().Write(record));

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains(
            "The record greeter:latest cannot be registered: with the node greeter-1 it takes", error.Message, StringComparison.Ordinal);
        Assert.Contains("room for 31,232", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_change_of_a_node_changes_a_tag()
    {
        DefaultLayout layout = new();
        ServiceRecord other = s_record with { Nodes = [s_record.Nodes[0] with { Address = "10.0.0.2:8080" }] };

        Assert.Equal(layout.Write(s_record).Tags, layout.Write(s_record).Tags.AsEnumerable());
        Assert.NotEqual(layout.Write(s_record).Tags[1], layout.Write(other).Tags[1]);
    }

    [Theory]
    [InlineData("record-encoding", "rot13", "record-encoding=rot13")]
    [InlineData("record-encoding", "json+zlib+base64", "is not compressed text")]
    [InlineData("record-00", "{", "Expected depth")]
    [InlineData("record-00", "{\"name\":\"x\"}", "it has 0 nodes")]
    [InlineData("record-00", "{\"name\":\"x\",\"nodes\":[{\"id\":\"a\",\"address\":\"b\"}]}", "it belongs to the service id x:@:a")]
    public void A_text_in_Meta_that_is_no_record_is_told(string name, string value, string words)
    {
        ConsulService service = new DefaultLayout().Write(s_record);
        service = service with { Meta = ServiceMetadata.Empty.With("record-encoding", "json").With(name, value) };

        Assert.False(new DefaultLayout().TryRead(new ConsulInstance(service, ""), out _, out string? error));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private static byte[] Unpack(string tag)
    {
        using ZLibStream stream = new(new MemoryStream(Convert.FromHexString(tag.AsSpan(2).ToString())), CompressionMode.Decompress);
        using MemoryStream text = new();
        stream.CopyTo(text);
        return text.ToArray();
    }
}
