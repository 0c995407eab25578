using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <content>25 and 28: watches.</content>
public abstract partial class RegistryConformance
{
    [Fact]
    public async Task AWatchBeginsWithASnapshotAndThenSaysWhatChanged()
    {
        string name = fixture.NewName("watch");
        await using Store store = Open();
        await using WatchRecorder watch = store.Watch(name);
        RegistryEvent first = await watch.FirstAsync();
        Assert.Equal(RegistryEventKind.Snapshot, first.Kind);
        Assert.Empty(first.Records);
        ServiceRecord one = Record(name, "1.0", Node(1));
        ServiceRecord two = Record(name, "1.0", Node(2));
        await store.PutAsync(one);
        await watch.UntilAsync(store.Expect(one));
        await store.PutAsync(two);
        await watch.UntilAsync(store.Expect(one, two));
        await store.RemoveAsync(one);
        await watch.UntilAsync(store.Expect(two));
        await store.RemoveAsync(two);
        await watch.UntilAsync([]);
        await store.PutAsync(one);
        await watch.UntilAsync(store.Expect(one));
        watch.AssertConsistent();
        if (!fixture.ReportsChanges) return;
        RegistryEventKind[] expected =
        [
            RegistryEventKind.Snapshot,
            RegistryEventKind.Create,
            RegistryEventKind.Create,
            RegistryEventKind.Delete,
            RegistryEventKind.Delete,
            RegistryEventKind.Create,
        ];
        Assert.Equal(expected, watch.Events.Select(static change => change.Kind));
    }

    [Fact]
    public async Task AllServicesCanBeFollowedAtOnce()
    {
        await using Store store = Open();
        if (!fixture.CanWatchAll)
        {
            RpcException error = await FailsAsync(RpcStatusCode.Unimplemented, async Task () =>
            {
                await foreach (RegistryEvent change in store.Registry.WatchAsync(service: null)) Assert.Fail($"It said {change}.");
            });
            Assert.StartsWith(store.Registry.Address, error.Message, StringComparison.Ordinal);
            return;
        }

        ServiceRecord[] records = [.. Enumerable.Range(1, 3).Select(i => Record(fixture.NewName("every"), "1.0", Node(i)))];
        await store.PutAsync(records[0]);
        await store.ReadUntilAsync(records[0].Name, store.Expect(records[0]));
        await using WatchRecorder watch = store.Watch(service: null);
        await watch.UntilAsync(recorder => Holds(recorder, store.Expect(records[0])), "the first service");
        await store.PutAsync(records[1]);
        await store.PutAsync(records[2]);
        await watch.UntilAsync(recorder => Holds(recorder, store.Expect(records)), "three services");
        await store.RemoveAsync(records[1]);
        await watch.UntilAsync(recorder => recorder.Records.All(record => record.Name != records[1].Name), "the second service's end");
        Assert.True(Holds(watch, store.Expect(records[0], records[2])));
        watch.AssertConsistent();
    }

    [Fact]
    public async Task C25_TwoWatchersOfOneServiceEachGetEveryEvent()
    {
        string name = fixture.NewName("two");
        await using Store store = Open();
        await using Store other = Open();
        await using WatchRecorder one = store.Watch(name);
        await using WatchRecorder same = store.Watch(name);
        await using WatchRecorder two = other.Watch(name);
        WatchRecorder[] all = [one, same, two];
        foreach (WatchRecorder watch in all) Assert.Empty((await watch.FirstAsync()).Records);
        ServiceRecord[] records = [.. Enumerable.Range(1, 3).Select(i => Record(name, "1.0", Node(i)))];
        List<ServiceRecord> present = [];
        foreach (ServiceRecord record in records)
        {
            await store.PutAsync(record);
            present.Add(record);
            foreach (WatchRecorder watch in all) await watch.UntilAsync(store.Expect(present));
        }

        // One that ends takes nothing from the others.
        await same.DisposeAsync();
        await store.RemoveAsync(records[0]);
        present.RemoveAt(0);
        foreach (WatchRecorder watch in (WatchRecorder[])[one, two])
        {
            await watch.UntilAsync(store.Expect(present));
            watch.AssertConsistent();
        }
    }

    [Fact]
    public async Task C28_NothingIsLostBetweenTheInitialLoadAndTheWatch()
    {
        await using Store store = Open();
        await using Store other = Open();
        for (int round = 0; round < fixture.Rounds; round++)
        {
            string name = fixture.NewName("race");
            TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
            // The watch starts when this many nodes were written, while more are.
            int startsAt = round % 8;
            int written = 0;

            async Task WriteAsync(int writer)
            {
                Store mine = writer % 2 == 0 ? store : other;
                for (int i = 0; i < 4; i++)
                {
                    await mine.PutAsync(Record(name, "1.0", Node((writer * 10) + i)));
                    if (Interlocked.Increment(ref written) > startsAt) begun.TrySetResult();
                }

                await mine.RemoveAsync(Record(name, "1.0", Node(writer * 10)));
                await mine.PutAsync(Record(name, "1.0", Node((writer * 10) + 1, Pair("weight", "7"))));
            }

            Task writing = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(writer))));
            await Task.WhenAny(begun.Task, writing);
            await using WatchRecorder watch = (round % 3 == 0 ? store : other).Watch(name);
            await writing;
            ImmutableArray<ServiceRecord> expected = store.Expect(Enumerable.Range(0, 4).Select(writer => Record(
                name,
                "1.0",
                Node((writer * 10) + 1, Pair("weight", "7")),
                Node((writer * 10) + 2),
                Node((writer * 10) + 3))));
            await watch.UntilAsync(expected);
            watch.AssertConsistent();
            await store.ReadUntilAsync(name, expected);
        }
    }

    [Fact]
    public async Task EveryOperationCanBeCancelled()
    {
        string name = fixture.NewName("cancel");
        await using Store store = Open();
        IRegistry registry = store.Registry;
        ServiceRecord record = Record(name, "1.0", Node(1));
        CancellationToken cancelled = new(canceled: true);
        if (fixture.CanRegister)
        {
            await IsCancelledAsync(() => registry.RegisterAsync(record, cancellationToken: cancelled).AsTask());
            await IsCancelledAsync(() => registry.DeregisterAsync(record, cancellationToken: cancelled).AsTask());
        }

        await IsCancelledAsync(() => registry.GetServiceAsync(name, cancelled).AsTask());
        if (fixture.CanList) await IsCancelledAsync(() => registry.ListServicesAsync(cancelled).AsTask());
        await IsCancelledAsync(async () =>
        {
            await foreach (RegistryEvent change in registry.WatchAsync(name, cancelled)) Assert.Fail($"It said {change}.");
        });

        // A watch that waits for the next event.
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync(name, stop.Token).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(fixture.Patience));
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await IsCancelledAsync(() => next);
        // The client is as good as before.
        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));

        async Task IsCancelledAsync(Func<Task> operation) =>
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation().WaitAsync(fixture.Patience));
    }

    [Fact]
    public async Task AWatchThatIsLeftCostsNothingMore()
    {
        string name = fixture.NewName("leave");
        await using Store store = Open();
        await foreach (RegistryEvent change in store.Registry.WatchAsync(name))
        {
            Assert.Equal(RegistryEventKind.Snapshot, change.Kind);
            break;
        }

        ServiceRecord record = Record(name, "1.0", Node(1));
        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));
    }
}
