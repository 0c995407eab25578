using System.Net;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Layouts;

public sealed class RecordTextTests
{
    [Theory]
    [InlineData(0, 'r')]
    [InlineData(400, 'r')]
    [InlineData(3_000, 'z')]
    [InlineData(200_000, 'z')]
    public void A_record_comes_back_whatever_its_size(int size, char kind)
    {
        ServiceRecord record = new("Größe", "1.0")
        {
            Metadata = ServiceMetadata.Empty.With("text", new string('é', size / 2)),
            Nodes = [new ServiceNode("a", "tcp://10.0.0.1:5000")],
        };

        TxtData txt = RecordText.Write(record);

        string[] texts = [.. txt.Texts.Select(static text => Encoding.UTF8.GetString(text.Span))];
        Assert.Equal(["txtvers=1", "service=Größe", "version=1.0", "id=a"], texts[..4]);
        Assert.StartsWith($"{kind}0=", texts[4]);
        Assert.All(txt.Texts, static text => Assert.InRange(text.Length, 1, 255));
        Assert.True(RecordText.TryRead(txt, out ServiceRecord? read, out string? error), error);
        Assert.Equal(record, read);
    }

    [Fact]
    public void A_record_that_is_too_large_is_refused()
    {
        byte[] noise = new byte[20_000];
        new Random(1).NextBytes(noise);
        ServiceRecord record = new("greeter")
        {
            Metadata = ServiceMetadata.Empty.With("noise", Convert.ToBase64String(noise)),
            Nodes = [new ServiceNode("a", "tcp://10.0.0.1:5000")],
        };

        RpcException error = Assert.Throws<RpcException>(() => RecordText.Write(record));

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("mDNS can carry 8,000", error.Message);
    }

    [Theory]
    [InlineData("r0={", "expected")]
    [InlineData("r0={}", "it has no 'name'")]
    [InlineData("r1={}", "a part of its record is missing")]
    [InlineData("z0=nonsense", "cannot be unpacked")]
    [InlineData("r0={\"name\":\"a\"}", "its record has 0 nodes")]
    public void What_cannot_be_read_is_said(string text, string expected)
    {
        Assert.False(RecordText.TryRead(Text(text), out _, out string? error));
        Assert.Contains(expected, error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_unpacks_to_too_much_is_refused()
    {
        byte[] bomb = Zlib.Compress(new byte[20_000_000]);

        Assert.False(Zlib.TryDecompress(bomb, ServiceRecordJson.MaxLength, out _, out string? error));
        Assert.Equal("it unpacks to more than 1,048,576 bytes", error);
        // What is truncated at any byte is not taken for a shorter text.
        for (int length = 0; length < 40; length++) Assert.False(Zlib.TryDecompress(bomb[..length], 100_000_000, out _, out _));
    }

    [Fact]
    public void Words_of_others_make_a_record()
    {
        TxtData txt = Text("txtvers=1", "Service=greeter", "version=2.0", "group=blue", "id=x", "weight=5", "flag");

        Assert.True(RecordText.TryReadWords(txt, "Instance", new IPEndPoint(IPAddress.Parse("10.0.0.9"), 700), out ServiceRecord? record));

        Assert.Equal("blue/greeter:2.0", record.Key);
        Assert.Equal("x at tcp://10.0.0.9:700", record.Nodes[0].ToString());
        Assert.Equal("weight=5", record.Nodes[0].Metadata.ToString());
        Assert.True(RecordText.TryReadWords(Text(""), "Instance", new IPEndPoint(IPAddress.IPv6Loopback, 7), out record));
        Assert.Equal("Instance: Instance at tcp://[::1]:7", $"{record.Key}: {record.Nodes[0]}");
        Assert.False(RecordText.TryReadWords(Text(""), "Instance", null, out _));
    }

    private static TxtData Text(params string[] texts) =>
        new([.. texts.Select(static text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))]);
}
