using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <content>20 and 21, and that records are read as they were written.</content>
public abstract partial class RegistryConformance
{
    /// <summary>What stores, URLs and paths use to separate, and what is not ASCII.</summary>
    public static TheoryData<string> UnusualNames =>
        ["a/b", "a b", "a%b%2Fc", "Größe", "名前", "a+b&c=d", "..", "a:b@c#d?e", "a.b.c_d-e~f", "'\"\\<>"];

    [Fact]
    public async Task C20_AnUnknownServiceIsNotFound()
    {
        await using Store store = Open();
        string name = fixture.NewName("unknown");
        RpcException error = await FailsAsync(RpcStatusCode.NotFound, () => store.Registry.GetServiceAsync(name).AsTask());
        Assert.Equal(RegistryErrors.NotFound(name, store.Registry.Address).Message, error.Message);
    }

    [Fact]
    public async Task C20_AServiceIsNotFoundAfterItsLastNodeLeft()
    {
        string name = fixture.NewName("last");
        await using Store store = Open();
        await using Store reader = Open();
        ServiceRecord record = Record(name, "1.0", Node(1), Node(2));
        await store.PutAsync(record);
        await reader.ReadUntilAsync(name, reader.Expect(record));
        await store.RemoveAsync(Record(name, "1.0", Node(1)));
        await store.RemoveAsync(Record(name, "1.0", Node(2)));
        await reader.ReadUntilNotFoundAsync(name);
        await store.PutAsync(record);
        await reader.ReadUntilAsync(name, reader.Expect(record));
    }

    [Fact]
    public async Task C20_OneNameIsNotFoundByThePrefixOfAnother()
    {
        string name = fixture.NewName("prefix");
        await using Store store = Open();
        ServiceRecord longer = Record(name + "er", "1.0", Node(1));
        await store.PutAsync(longer);
        await store.ReadUntilAsync(longer.Name, store.Expect(longer));
        await FailsAsync(RpcStatusCode.NotFound, () => store.Registry.GetServiceAsync(name).AsTask());
        await using WatchRecorder watch = store.Watch(name);
        RegistryEvent first = await watch.FirstAsync();
        Assert.Empty(first.Records);
        ServiceRecord shorter = Record(name, "1.0", Node(2));
        await store.PutAsync(shorter);
        await watch.UntilAsync(store.Expect(shorter));
        await store.ReadUntilAsync(longer.Name, store.Expect(longer));
    }

    [Fact]
    public async Task C20_OnlyServicesWithANodeAreListed()
    {
        string one = fixture.NewName("listA");
        string two = fixture.NewName("listB");
        await using Store store = Open();
        if (!fixture.CanList)
        {
            RpcException error = await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.ListServicesAsync().AsTask());
            Assert.StartsWith(store.Registry.Address, error.Message, StringComparison.Ordinal);
            return;
        }

        await store.PutAsync(Record(two, "1.0", Node(1)));
        await store.PutAsync(Record(one, "1.0", Node(1), Node(2)));
        await store.PutAsync(Record(one, "2.0", Node(3)));
        await store.ListUntilAsync(names => names.Contains(one) && names.Contains(two));
        await store.RemoveAsync(Record(two, "1.0", Node(1)));
        await store.RemoveAsync(Record(one, "2.0", Node(3)));
        await store.ListUntilAsync(names => names.Contains(one) && !names.Contains(two));
    }

    [Fact]
    public async Task C21_VersionsAndGroupsAreRecordsOfTheirOwn()
    {
        string name = fixture.NewName("version");
        await using Store store = Open();
        ServiceMetadata group = ServiceMetadata.Create([Pair(ServiceMetadataKeys.Group, "blue")]);
        ServiceRecord[] records =
        [
            Record(name, "", Node(1)),
            Record(name, "1.0", Node(2)),
            Record(name, "2.0", Node(3), Node(4)),
            Record(name, "2.0", Node(5)) with { Metadata = group },
        ];
        foreach (ServiceRecord record in records) await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(records));
        await store.RemoveAsync(records[2]);
        await store.ReadUntilAsync(name, store.Expect(records[0], records[1], records[3]));
        await using WatchRecorder watch = store.Watch(name);
        await watch.UntilAsync(store.Expect(records[0], records[1], records[3]));
        await store.RemoveAsync(records[0]);
        await watch.UntilAsync(store.Expect(records[1], records[3]));
        await store.RemoveAsync(records[3]);
        await watch.UntilAsync(store.Expect(records[1]));
        watch.AssertConsistent();
    }

    [Fact]
    public async Task C21_OneIdInTwoVersionsIsTwoNodes()
    {
        string name = fixture.NewName("sameid");
        await using Store store = Open();
        ServiceRecord one = Record(name, "1.0", Node(1));
        ServiceRecord two = Record(name, "2.0", Node(1));
        await store.PutAsync(one);
        await store.PutAsync(two);
        await store.ReadUntilAsync(name, store.Expect(one, two));
        if (!fixture.CanRegister) return;
        await store.RemoveAsync(two);
        await store.ReadUntilAsync(name, store.Expect(one));
    }

    [Fact]
    public async Task ARecordIsReadAsItWasWritten()
    {
        string name = fixture.NewName("whole");
        await using Store store = Open();
        ServiceRecord record = new(name, "1.2.3-beta+4")
        {
            Metadata = ServiceMetadata.Create(
                [Pair("owner", "Jörg & Søn"), Pair("empty", ""), Pair("schlüssel mit leerzeichen", "a=b;c\"d\"\\\n\té€😀")]),
            Endpoints =
            [
                new ServiceEndpoint("Greet")
                {
                    Request = new ServiceValue("request", "Greeting")
                    {
                        Values = [new ServiceValue("name", "string"), new ServiceValue("inner", "Inner") { Values = [new ServiceValue("x", "i32")] }],
                    },
                    Response = new ServiceValue("response", "string"),
                    Metadata = ServiceMetadata.Create([Pair("idempotent", "true")]),
                },
                new ServiceEndpoint("Ping"),
            ],
            Nodes =
            [
                new ServiceNode("n1", "tcp://127.0.0.1:5000") { Metadata = ServiceMetadata.Create([Pair("weight", "200"), Pair("ort", "Köln")]) },
                new ServiceNode("n2", "tcp://[::1]:5000"),
                new ServiceNode("n3", "tcp://127.0.0.3:5000"),
            ],
        };
        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));
        await using Store other = Open();
        await using WatchRecorder watch = other.Watch(name);
        RegistryEvent first = await watch.FirstAsync();
        await watch.UntilAsync(store.Expect(record));
        Assert.Equal(RegistryEventKind.Snapshot, first.Kind);
    }

    [Theory]
    [MemberData(nameof(UnusualNames))]
    public async Task NamesIdsAndAddressesMayHoldAnyCharacter(string part)
    {
        string name = fixture.NewName("odd") + part;
        await using Store store = Open();
        ServiceRecord record = new(name, part)
        {
            Nodes = [new ServiceNode(part, $"unix:///run/{part}.sock"), new ServiceNode(part + "2", "tcp://h:1")],
        };
        if (fixture.CanRegister && !fixture.KeepsAnyName)
        {
            RpcException error = await FailsAsync(RpcStatusCode.InvalidArgument, () => store.Registry.RegisterAsync(record));
            Assert.Contains(record.Key, error.Message, StringComparison.Ordinal);
            return;
        }

        if (!fixture.KeepsAnyName)
        {
            await FailsAsync(RpcStatusCode.NotFound, () => store.Registry.GetServiceAsync(name).AsTask());
            return;
        }

        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));
        if (fixture.CanList) await store.ListUntilAsync(names => names.Contains(name));
        await using WatchRecorder watch = store.Watch(name);
        await watch.UntilAsync(store.Expect(record));
        await store.RemoveAsync(Record(name, part, record.Nodes[0]));
        await watch.UntilAsync(store.Expect(Record(name, part, record.Nodes[1])));
        await store.RemoveAsync(record);
        await store.ReadUntilNotFoundAsync(name);
    }
}
