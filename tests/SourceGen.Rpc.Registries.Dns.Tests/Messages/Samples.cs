using System.Net;
using System.Text;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Tests.Messages;

/// <summary>Records of every type, and a message with all of them.</summary>
internal static class Samples
{
    public static DnsRecord[] Records { get; } =
    [
        Record("_rpc._tcp.shop.example", new SrvData(1, 20, 5000, DomainName.Parse("node-1.shop.example"))),
        Record("_rpc._tcp.shop.example", new TxtData([Encoding.UTF8.GetBytes("version=1.0"), ReadOnlyMemory<byte>.Empty, new byte[255]])),
        Record("node-1.shop.example", new AddressData(IPAddress.Parse("10.0.0.1"))),
        Record("node-1.shop.example", new AddressData(IPAddress.Parse("fd00::1"))),
        Record("1.0.0.10.in-addr.arpa", new NameData(DnsRecordType.Ptr, DomainName.Parse("node-1.shop.example"))),
        Record("www.shop.example", new NameData(DnsRecordType.Cname, DomainName.Parse("node-1.shop.example"))),
        Record(
            "shop.example",
            new SoaData(DomainName.Parse("ns.shop.example"), DomainName.Parse(@"host\.master.shop.example"), 1, 2, 3, 4, 5)),
        Record("node-1.shop.example", new NsecData(
            DomainName.Parse("node-1.shop.example"),
            [DnsRecordType.A, DnsRecordType.Txt, DnsRecordType.Aaaa, DnsRecordType.Srv, (DnsRecordType)257, (DnsRecordType)65535])),
        Record("shop.example", new OpaqueData((DnsRecordType)99, [1, 2, 3])),
    ];

    public static DnsRecord Opt { get; } = new(DomainName.Root, 1232, 0, new OpaqueData(DnsRecordType.Opt, [0, 10, 0, 2, 7, 7]));

    public static byte[] Message { get; } = Write();

    private static DnsRecord Record(string name, DnsRecordData data) => new(DomainName.Parse(name), DnsRecord.InternetClass, 300, data);

    private static byte[] Write()
    {
        DnsMessageWriter writer = new(4096);
        Assert.True(writer.TryWrite(new DnsQuestion(DomainName.Parse("_rpc._tcp.shop.example"), DnsRecordType.Srv)));
        foreach (DnsRecord record in Records) Assert.True(writer.TryWrite(DnsSection.Answer, record));
        Assert.True(writer.TryWrite(DnsSection.Authority, Records[6]));
        Assert.True(writer.TryWrite(DnsSection.Additional, Opt));
        return writer.Finish(0x1234, new DnsFlags(0x8583)).ToArray();
    }
}
