using System.Collections.Immutable;
using System.Diagnostics;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <content>17, 18, 19 and 22: registering, deregistering and leases.</content>
public abstract partial class RegistryConformance
{
    [Fact]
    public async Task C17_RegisteringAgainChangesNothing()
    {
        string name = fixture.NewName("again");
        await using Store store = Open();
        ServiceRecord one = Record(name, "1.0", Node(1, Pair("zone", "a")));
        ServiceRecord two = Record(name, "1.0", Node(2));
        await store.PutAsync(one);
        await store.ReadUntilAsync(name, store.Expect(one));
        await using WatchRecorder watch = store.Watch(name);
        await watch.UntilAsync(store.Expect(one));
        for (int i = 0; i < 3; i++) await store.PutAsync(one);
        // What registering again had caused would have come before this.
        await store.PutAsync(two);
        await watch.UntilAsync(store.Expect(one, two));
        await store.ReadUntilAsync(name, store.Expect(one, two));
        watch.AssertConsistent();
    }

    [Fact]
    public async Task C17_RegisteringAgainRenewsTheLease()
    {
        if (!fixture.CanRegister)
        {
            await using Store store = Open();
            ServiceRecord record = Record(fixture.NewName("renew"), "", Node(1));
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.RegisterAsync(record, Shortest));
            return;
        }

        // On a busy machine this test itself may renew too late, which says nothing; then with a longer lease.
        TimeSpan timeToLive = fixture.ShortestTimeToLive;
        while (!await IsRenewedAsync(timeToLive))
        {
            timeToLive *= 2;
            Assert.True(timeToLive < TimeSpan.FromMinutes(2), "The machine is too busy to renew any lease in time.");
        }
    }

    [Fact]
    public async Task C17_ALeaseThatWasLostIsMadeAgain()
    {
        string name = fixture.NewName("lost");
        await using Store store = Open();
        await using Store reader = Open();
        ServiceRecord record = Record(name, "", Node(1));
        if (!fixture.CanRegister)
        {
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.RegisterAsync(record, Shortest));
            return;
        }

        await using (WatchRecorder watch = reader.Watch(name))
        {
            await watch.FirstAsync();
            await store.PutAsync(record, Shortest);
            await watch.SawAsync(record.Nodes[0]);
        }

        await fixture.StopRenewingAsync(store.Registry);
        await reader.ReadUntilNotFoundAsync(name, fixture.ShortestTimeToLive + fixture.LeaseEndsWithin);
        await store.PutAsync(record);
        await reader.ReadUntilAsync(name, store.Expect(record));
    }

    [Fact]
    public async Task C18_AllNodesOfARecordAreRegisteredAndDeregistered()
    {
        string name = fixture.NewName("all");
        await using Store store = Open();
        await using Store other = Open();
        ServiceRecord three = Record(name, "1.0", Node(1), Node(2), Node(3));
        ServiceRecord others = Record(name, "1.0", Node(4));
        await store.PutAsync(three);
        await other.PutAsync(others);
        await other.ReadUntilAsync(name, store.Expect(three, others));
        await store.RemoveAsync(Record(name, "1.0", Node(1), Node(3)));
        await other.ReadUntilAsync(name, store.Expect(Record(name, "1.0", Node(2)), others));
        await store.RemoveAsync(three);
        await other.ReadUntilAsync(name, store.Expect(others));
    }

    [Fact]
    public async Task C18_SameUrlWithOtherParametersCoexists()
    {
        string name = fixture.NewName("url");
        await using Store store = Open();
        ServiceUrl url = ServiceUrl.Parse($"tcp://10.0.0.1:5000/{name}?version=1.0&weight=100");
        ServiceUrl[] urls = [url, url.With("weight", "200"), url.With("zone", "b")];
        if (!fixture.CanRegister)
        {
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.RegisterAsync(url));
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.DeregisterAsync(url));
            return;
        }

        foreach (ServiceUrl one in urls) await store.Registry.RegisterAsync(one);
        await store.ReadUntilAsync(name, store.Expect(urls.Select(static one => one.ToRecord())));
        // Only the whole URL is the one that was registered.
        await store.Registry.DeregisterAsync(url.With("weight", "300"));
        await store.Registry.DeregisterAsync(urls[1]);
        await store.ReadUntilAsync(name, store.Expect(urls[0].ToRecord(), urls[2].ToRecord()));
        await store.Registry.DeregisterAsync(urls[0]);
        await store.Registry.DeregisterAsync(urls[2]);
        await store.ReadUntilNotFoundAsync(name);
    }

    [Fact]
    public async Task C18_ANodeIsReplacedByOneWithItsId()
    {
        string name = fixture.NewName("update");
        await using Store store = Open();
        ServiceRecord before = Record(name, "1.0", Node(1, Pair("weight", "100")), Node(2));
        ServiceRecord after = Record(name, "1.0", Node(1, Pair("weight", "50"), Pair("tags", "blue")));
        await store.PutAsync(before);
        await using WatchRecorder watch = store.Watch(name);
        await watch.UntilAsync(store.Expect(before));
        await store.PutAsync(after);
        ImmutableArray<ServiceRecord> expected = store.Expect(before, after);
        await watch.UntilAsync(expected);
        await store.ReadUntilAsync(name, expected);
        watch.AssertConsistent();
        if (fixture.ReportsChanges && !expected.SequenceEqual(store.Expect(before)))
        {
            RegistryEvent change = watch.Events[^1];
            Assert.Equal(RegistryEventKind.Update, change.Kind);
            RecordText.AssertEqual(store.Expect(after), change.Records);
        }
    }

    [Fact]
    public async Task C19_DeregisteringWhatIsNotThereIsIgnoredForALeasedRecord()
    {
        string name = fixture.NewName("absent");
        await using Store store = Open();
        ServiceRecord record = Record(name, "1.0", Node(1));
        if (!fixture.CanRegister)
        {
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.DeregisterAsync(record));
            return;
        }

        await store.Registry.DeregisterAsync(record);
        ServiceRecord present = Record(name, "1.0", Node(2));
        await store.PutAsync(present);
        await store.Registry.DeregisterAsync(record);
        await store.Registry.DeregisterAsync(Record(name, "2.0", Node(2)));
        await store.ReadUntilAsync(name, store.Expect(present));
        await store.Registry.DeregisterAsync(present);
        await store.Registry.DeregisterAsync(present);
        await store.ReadUntilNotFoundAsync(name);
    }

    [Fact]
    public async Task C19_DeregisteringAPersistentRecordThatIsNotThereIsAnError()
    {
        string name = fixture.NewName("persist");
        await using Store store = Open();
        ServiceRecord record = Record(name, "1.0", Node(1));
        RegisterOptions persistent = new() { IsPersistent = true, TimeToLive = fixture.ShortestTimeToLive };
        if (!fixture.CanRegister || !fixture.CanPersist)
        {
            RpcException error = await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.RegisterAsync(record, persistent));
            Assert.StartsWith(store.Registry.Address, error.Message, StringComparison.Ordinal);
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.DeregisterAsync(record, persistent));
            return;
        }

        async Task FailsToDeregisterAsync()
        {
            InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
                () => store.Registry.DeregisterAsync(record, persistent).AsTask());
            Assert.Equal(RegistryErrors.NotRegistered(record, record.Nodes[0], store.Registry.Address).Message, error.Message);
        }

        await FailsToDeregisterAsync();
        await store.PutAsync(record, persistent);
        await store.PutAsync(record, persistent);
        await store.ReadUntilAsync(name, store.Expect(record));
        await store.Registry.DeregisterAsync(record, persistent);
        await store.ReadUntilNotFoundAsync(name);
        await FailsToDeregisterAsync();
        // The same by a URL.
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.Registry.DeregisterAsync(ServiceUrl.Parse($"tcp://10.0.0.1:5000/{name}?dynamic=false")).AsTask());
    }

    [Fact]
    public async Task C19_APersistentRecordOutlivesItsTimeToLiveAndItsClient()
    {
        string name = fixture.NewName("outlive");
        ServiceRecord record = Record(name, "", Node(1));
        RegisterOptions persistent = new() { IsPersistent = true, TimeToLive = fixture.ShortestTimeToLive };
        await using Store reader = Open();
        if (!fixture.CanRegister || !fixture.CanPersist)
        {
            await FailsAsync(RpcStatusCode.Unimplemented, () => reader.Registry.RegisterAsync(record, persistent));
            return;
        }

        await using (Store writer = Open())
        {
            await writer.PutAsync(record, persistent);
        }

        await using WatchRecorder watch = reader.Watch(name);
        await watch.UntilAsync(reader.Expect(record));
        await Task.Delay(fixture.ShortestTimeToLive * 1.5);
        await reader.ReadUntilAsync(name, reader.Expect(record));
        RecordText.AssertEqual(reader.Expect(record), watch.Records);
        await using Store remover = Open();
        await remover.Registry.DeregisterAsync(record, persistent);
        await watch.UntilAsync([]);
    }

    [Fact]
    public async Task C22_ALeaseThatEndsRemovesTheNodeAndEmitsADelete()
    {
        string name = fixture.NewName("lease");
        await using Store store = Open();
        await using Store steady = Open();
        ServiceRecord leased = Record(name, "1.0", Node(1));
        ServiceRecord kept = Record(name, "1.0", Node(2));
        if (!fixture.CanRegister)
        {
            await FailsAsync(RpcStatusCode.Unimplemented, () => store.Registry.RegisterAsync(leased, Shortest));
            return;
        }

        await steady.PutAsync(kept);
        await using WatchRecorder watch = new(steady.Registry, name, fixture.ShortestTimeToLive + fixture.LeaseEndsWithin);
        await watch.UntilAsync(steady.Expect(kept));
        await store.PutAsync(leased, Shortest);
        await watch.SawAsync(leased.Nodes[0]);
        await fixture.StopRenewingAsync(store.Registry);
        await watch.UntilAsync(steady.Expect(kept));
        watch.AssertConsistent();
        if (fixture.ReportsChanges)
        {
            RegistryEvent change = watch.Events[^1];
            Assert.Equal(RegistryEventKind.Delete, change.Kind);
            Assert.Equal([leased.Nodes[0].Id], change.Records.Single().Nodes.Select(static node => node.Id));
        }

        await steady.ReadUntilAsync(name, steady.Expect(kept));
    }

    [Fact]
    public async Task ARecordWithoutNodesIsRefused()
    {
        string name = fixture.NewName("empty");
        await using Store store = Open();
        RpcStatusCode expected = fixture.CanRegister ? RpcStatusCode.InvalidArgument : RpcStatusCode.Unimplemented;
        RpcException error = await FailsAsync(expected, () => store.Registry.RegisterAsync(new ServiceRecord(name)));
        Assert.Contains(fixture.CanRegister ? name : store.Registry.Address, error.Message, StringComparison.Ordinal);
    }

    /// <returns>False when a renewal was too late to say anything.</returns>
    private async Task<bool> IsRenewedAsync(TimeSpan timeToLive)
    {
        // Of its own, as what all entries of a registry have in common may be as brief as the briefest: a session.
        await using Store store = Open();
        string name = fixture.NewName("renew");
        ServiceRecord record = Record(name, "", Node(1));
        RegisterOptions options = new() { TimeToLive = timeToLive };
        long start = Stopwatch.GetTimestamp();
        long renewing = start;
        await store.PutAsync(record, options);
        await using WatchRecorder watch = store.Watch(name);
        await watch.UntilAsync(store.Expect(record));
        while (Stopwatch.GetElapsedTime(start) < timeToLive * 2.5)
        {
            await Task.Delay(timeToLive / 5);
            long before = renewing;
            renewing = Stopwatch.GetTimestamp();
            await store.PutAsync(record, options);
            // From when the one renewal may have been made to when the next one certainly was.
            if (Stopwatch.GetElapsedTime(before) > timeToLive * 0.8) return false;
        }

        ImmutableArray<ServiceRecord> read = [];
        try
        {
            read = await store.Registry.GetServiceAsync(name);
        }
        catch (RpcException e) when (e.Code == RpcStatusCode.NotFound)
        {
            // Which is wrong, if the lease cannot have ended.
        }

        ImmutableArray<RegistryEvent> events = watch.Events;
        ImmutableArray<ServiceRecord> followed = watch.Records;
        if (Stopwatch.GetElapsedTime(renewing) > timeToLive * 0.8) return false;
        RecordText.AssertEqual(store.Expect(record), read);
        RecordText.AssertEqual(store.Expect(record), followed);
        Assert.DoesNotContain(events, static change => change.Kind == RegistryEventKind.Delete);
        watch.AssertConsistent();
        return true;
    }
}
