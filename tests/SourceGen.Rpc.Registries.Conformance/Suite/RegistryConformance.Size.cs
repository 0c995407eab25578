using System.Diagnostics;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <content>Figures of a big registry.</content>
public abstract partial class RegistryConformance
{
    [Fact]
    public async Task ABigRegistryIsReadAndFollowed()
    {
        await using Store writer = Open();
        await using Store reader = Open();
        string big = fixture.NewName("big");
        ServiceRecord[] records =
        [
            .. Enumerable.Range(0, fixture.BigServices).Select(service => Record(
                $"{big}-{service}", "1.0", Enumerable.Range(0, fixture.BigNodes).Select(node => Node((service * fixture.BigNodes) + node)))),
        ];
        int nodes = fixture.BigServices * fixture.BigNodes;
        long start = Stopwatch.GetTimestamp();
        await fixture.FillAsync(writer.Registry, records);
        TimeSpan filled = Stopwatch.GetElapsedTime(start);
        Report($"{fixture.BigServices:N0} services of {fixture.BigNodes:N0} nodes were entered in {filled.TotalMilliseconds:N0} ms");
        ServiceRecord last = records[^1];
        await reader.ReadUntilAsync(last.Name, reader.Expect(last));

        // Where services are followed one by one, the last one stands for all.
        start = Stopwatch.GetTimestamp();
        await using WatchRecorder watch = new(reader.Registry, fixture.CanWatchAll ? null : last.Name, TimeSpan.FromMinutes(1));
        RegistryEvent first = await watch.FirstAsync();
        TimeSpan snapshot = Stopwatch.GetElapsedTime(start);
        int Count(IEnumerable<ServiceRecord> all) =>
            all.Where(record => record.Name.StartsWith(big, StringComparison.Ordinal)).Sum(static record => record.Nodes.Length);

        int seen = Count(first.Records);
        Report($"the first snapshot of a watch, with {seen:N0} nodes, came in {snapshot.TotalMilliseconds:N0} ms");
        int expected = fixture.CanWatchAll ? nodes : reader.Expect(last).Sum(static record => record.Nodes.Length);
        await watch.UntilAsync(recorder => Count(recorder.Records) == expected, "all nodes");

        ServiceRecord change = Record(last.Name, "1.0", Node(nodes));
        start = Stopwatch.GetTimestamp();
        await writer.PutAsync(change);
        TimeSpan put = Stopwatch.GetElapsedTime(start);
        string id = reader.Expect(change)[0].Nodes[0].Id;
        await watch.UntilAsync(
            recorder => recorder.Events.Any(one => one.Records.Any(record => record.Nodes.Any(node => node.Id == id))), "the change");
        TimeSpan reached = Stopwatch.GetElapsedTime(start);
        Report($"one change reached the watcher in {reached.TotalMilliseconds:N0} ms, of which writing took {put.TotalMilliseconds:N0} ms");
        watch.AssertConsistent();
        await reader.ReadUntilAsync(last.Name, reader.Expect(last, change));
        await writer.RemoveAsync(change);
        await fixture.EmptyAsync(writer.Registry, records);
    }
}
