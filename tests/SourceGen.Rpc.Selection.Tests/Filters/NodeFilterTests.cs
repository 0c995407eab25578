using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Filters;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Filters;

public sealed class NodeFilterTests
{
    private static readonly ServiceInstance s_plain = TestServices.Instance(TestNodes.CreateNode(0));

    [Fact]
    public void C37_Version()
    {
        ServiceInstance old = TestServices.Instance(TestNodes.CreateNode(1), version: "1.0");
        ServiceInstance young = TestServices.Instance(TestNodes.CreateNode(2), version: "2.1");
        Check(new VersionFilter(">=2"), "version >=2", [s_plain, old, young], [young]);
    }

    [Fact]
    public void C37_Group()
    {
        ServiceInstance blue = TestServices.Instance(TestNodes.CreateNode(1), group: "blue");
        ServiceInstance red = TestServices.Instance(TestNodes.CreateNode(2), group: "red");
        Check(new GroupFilter("blue", ""), "group blue or none", [s_plain, blue, red], [s_plain, blue]);
        Assert.Throws<ArgumentException>(() => new GroupFilter());
    }

    [Fact]
    public void C37_Endpoint_and_a_record_that_does_not_say_passes()
    {
        ServiceInstance with = new(s_plain.Record with { Endpoints = [new ServiceEndpoint("Greet"), new ServiceEndpoint("Wave")] }, s_plain.Node);
        ServiceInstance without = new(s_plain.Record with { Endpoints = [new ServiceEndpoint("Greet")] }, s_plain.Node);
        Check(new EndpointFilter("Wave"), "method Wave", [s_plain, with, without], [s_plain, with]);
    }

    [Fact]
    public void C37_Label()
    {
        ServiceInstance ssd = TestServices.Instance(TestNodes.CreateNode(1, ("disk", "ssd")));
        Check(new LabelFilter("disk=ssd"), "labels disk=ssd", [s_plain, ssd], [ssd]);
    }

    [Fact]
    public void C37_Zone_with_and_without_a_way_out()
    {
        ServiceInstance near = TestServices.Instance(TestNodes.CreateNode(1, ("zone", "a")));
        ServiceInstance far = TestServices.Instance(TestNodes.CreateNode(2, ("zone", "b")));
        Check(new ZoneFilter("a"), "zone=a", [s_plain, near, far], [near]);
        Check(new ZoneFilter("c"), "zone=c", [s_plain, near, far], [s_plain, near, far]);
        Check(new ZoneFilter("c", isForced: true), "zone=c, forced", [s_plain, near, far], []);
    }

    [Fact]
    public void C37_Tag_by_the_rules_of_Dubbo()
    {
        ServiceInstance gray = TestServices.Instance(TestNodes.CreateNode(1, ("tags", "gray, canary")));
        ServiceInstance red = TestServices.Instance(TestNodes.CreateNode(2, ("tags", "red")));
        ServiceInstance[] all = [s_plain, gray, red];
        Check(new TagFilter("gray"), "tag=gray", all, [gray]);
        Check(new TagFilter("canary"), "tag=canary", all, [gray]);
        Check(new TagFilter("blue"), "tag=blue", all, [s_plain]);
        Check(new TagFilter("blue", isForced: true), "tag=blue, forced", all, []);
        Check(new TagFilter(), "no tag", all, [s_plain]);
        Check(new TagFilter(), "no tag", [gray, red], []);
        Check(new TagFilter("blue"), "tag=blue", [gray, red], []);
        Assert.Throws<ArgumentException>(() => new TagFilter("a,b"));
    }

    [Fact]
    public void C37_Contract()
    {
        ServiceInstance same = TestServices.Instance(TestNodes.CreateNode(1, ("fingerprint", "00000000000000ff")));
        ServiceInstance compatible = TestServices.Instance(TestNodes.CreateNode(2, ("fingerprint", "00000000000000fe")));
        ServiceInstance foreign = TestServices.Instance(TestNodes.CreateNode(3, ("fingerprint", "0000000000000001")));
        ServiceInstance[] all = [s_plain, same, compatible, foreign];
        Check(new FingerprintFilter(0xff), "contract 00000000000000ff", all, [s_plain, same]);
        Check(new FingerprintFilter(0xff, static other => other == 0xfe), "contract 00000000000000ff or compatible", all, [s_plain, same, compatible]);
    }

    [Fact]
    public void C37_A_function() => Check(new PredicateFilter("none", static _ => false), "none", [s_plain], []);

    private static void Check(INodeFilter filter, string name, ServiceInstance[] given, ServiceInstance[] left)
    {
        ServiceInstance[] copy = [.. given];
        Assert.Equal(left, filter.Filter(given));
        Assert.Equal(copy, given);
        Assert.Equal(name, filter.Name);
        Assert.Empty(filter.Filter([]));
    }
}
