using System.Net;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Layouts;

/// <summary>Go Micro's layout, both ways (conformance 33).</summary>
public sealed class GoMicroLayoutTests
{
    private const string Golden = """{"Metadata":{"protocol":"mucp"},"Service":"greeter","Version":"latest","Endpoints":[]}""";

    private static readonly ServiceRecord s_record = new("greeter", "latest")
    {
        Nodes = [new ServiceNode("greeter-1", "10.0.0.1:8080") { Metadata = ServiceMetadata.Empty.With("protocol", "mucp") }],
    };

    [Fact]
    public void C33_A_record_is_written_as_go_micro_does()
    {
        NodeRecords records = new GoMicroLayout().Write(s_record, 0, new HostNames(static () => []), 120);

        Assert.Equal("greeter-1.greeter.micro", records.Instance.ToString());
        SrvData srv = Assert.IsType<SrvData>(records.Unique.Single(static one => one.Type == DnsRecordType.Srv).Data);
        Assert.Equal(8080, srv.Port);
        DnsRecord address = records.Unique.Single(static one => one.Type == DnsRecordType.A);
        Assert.Equal((srv.Target, IPAddress.Parse("10.0.0.1")), (address.Name, ((AddressData)address.Data).Address));
        Assert.All(records.Unique, static one => Assert.Equal(120u, one.TimeToLive));
        TxtData txt = Assert.IsType<TxtData>(records.Unique.Single(static one => one.Type == DnsRecordType.Txt).Data);
        byte[] packed = Convert.FromHexString(string.Concat(txt.Texts.Select(static text => Encoding.ASCII.GetString(text.Span))));
        Assert.True(Zlib.TryDecompress(packed, 1000, out byte[]? json, out string? error), error);
        Assert.True(
            JsonElement.DeepEquals(JsonDocument.Parse(Golden).RootElement, JsonDocument.Parse(json).RootElement),
            Encoding.UTF8.GetString(json));
        Assert.Contains(records.Shared, static one => one.Name.ToString() == "greeter.micro" && one.Type == DnsRecordType.Ptr);
        Assert.Contains(
            records.Shared,
            static one => one.Name.ToString() == "_services.micro"
                && (one.Data as NameData)?.Target.ToString() == "greeter._services.micro");
    }

    [Theory]
    [InlineData("tcp://10.0.0.1:8080", true)]
    [InlineData("tls://10.0.0.1:8080", false)]
    public void An_address_of_tcp_is_kept_and_none_of_others(string address, bool isKept)
    {
        ServiceRecord record = s_record with { Nodes = [s_record.Nodes[0] with { Address = address }] };
        Func<NodeRecords> write = () => new GoMicroLayout().Write(record, 0, new HostNames(static () => []), 120);
        if (isKept) Assert.Equal(8080, ((SrvData)write().Unique.Single(static one => one.Type == DnsRecordType.Srv).Data).Port);
        else Assert.Contains($"'{address}'", Assert.Throws<RpcException>(write).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void C33_A_record_of_go_micro_is_read()
    {
        string hex = Convert.ToHexStringLower(Zlib.Compress(Encoding.UTF8.GetBytes(Golden)));
        TxtData txt = new([.. hex.Chunk(255).Select(static part => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(part))]);

        Assert.True(new GoMicroLayout().TryRead(
            DomainName.Parse("greeter-1.greeter.micro"),
            new SrvData(10, 1, 8080, DomainName.Parse("host.micro")),
            txt,
            static _ => [IPAddress.Parse("10.0.0.1")],
            out ServiceRecord? record,
            out string? error), error);

        Assert.Equal(s_record, record);
    }

    [Theory]
    [InlineData("xyz", "not hexadecimal")]
    [InlineData("78ff0011", "cannot be unpacked")]
    [InlineData("00", "cannot be unpacked")]
    [InlineData("78da8b0600005c005c", "JSON")]
    public void What_cannot_be_read_is_said(string text, string expected)
    {
        Assert.False(GoMicroLayout.TryReadText(new TxtData([Encoding.ASCII.GetBytes(text)]), out _, out _, out string? error));
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task C33_Services_are_registered_found_and_listed()
    {
        Network network = new();
        await using MdnsRegistry one = network.Create(RecordLayout.GoMicro);
        await using MdnsRegistry other = network.Create(RecordLayout.GoMicro);
        await using MdnsRegistry sd = network.Create();
        ServiceRecord dotted = Network.Record("go.micro.srv", "srv-1.x", "10.0.0.2:8081");
        await one.RegisterAsync(s_record);
        await one.RegisterAsync(dotted);

        Assert.Equal(s_record, Assert.Single(await other.GetServiceAsync("greeter")));
        Assert.Equal(
            dotted with { Nodes = [new ServiceNode("srv-1.x", "10.0.0.2:8081")] },
            Assert.Single(await other.GetServiceAsync("go.micro.srv")));
        Assert.Equal(["go.micro.srv", "greeter"], (await other.ListServicesAsync()).ToArray());
        Assert.Empty(await sd.ListServicesAsync());
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await one.RegisterAsync(Network.Record("x", "y", "unix:///run/x")));
        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
    }
}
