using System.Collections.Concurrent;
using System.Diagnostics;
using SourceGen.Rpc.Discovery;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// What the directory must do on top of every registry. The numbers are those of the conformance list. A class derived from this one is an
/// <see cref="IClassFixture{TFixture}"/> of the plug-in's fixture.
/// </summary>
public abstract class DirectoryConformance(RegistryFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public async Task C20_C23_SubscribingDeliversAllThereIsAndAnUnknownServiceIsNotFound()
    {
        string name = fixture.NewName("subscribed");
        await using Store store = new(fixture);
        await using ServiceDirectory directory = new(store.Registry);
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await directory.GetAsync(name));
        Assert.Equal(RegistryErrors.NotFound(name, store.Registry.Address).Message, missing.Message);
        ServiceRecord record = Record(name, 1, 2);
        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));
        await using Store other = new(fixture);
        await using ServiceDirectory fresh = new(other.Registry);
        Listener listener = new();
        await fresh.SubscribeAsync(Condition(name), listener).AsTask().WaitAsync(fixture.Patience);
        await ToldAsync(listener, store, record);
    }

    [Fact]
    public async Task C24_C25_EverySubscriberSeesEveryStateAsNumberedSnapshots()
    {
        string name = fixture.NewName("states");
        await using Store store = new(fixture);
        await using ServiceDirectory directory = new(store.Registry);
        Listener first = new();
        Listener second = new();
        await directory.SubscribeAsync(Condition(name), first).AsTask().WaitAsync(fixture.Patience);
        await directory.SubscribeAsync(Condition(name), second).AsTask().WaitAsync(fixture.Patience);
        foreach (int node in (int[])[1, 2, 3])
        {
            await store.PutAsync(Record(name, node));
            ServiceRecord sofar = Record(name, [.. Enumerable.Range(1, node)]);
            await ToldAsync(first, store, sofar);
            await ToldAsync(second, store, sofar);
        }

        await store.RemoveAsync(Record(name, 2));
        foreach (Listener listener in (Listener[])[first, second])
        {
            await ToldAsync(listener, store, Record(name, 1, 3));
            ServiceSnapshot[] snapshots = [.. listener.Snapshots];
            for (int i = 0; i < snapshots.Length; i++)
            {
                Assert.Equal(i + 1, snapshots[i].Number);
                string[] before = i == 0 ? [] : Keys(snapshots[i - 1].Instances);
                Assert.Equal(
                    Keys(snapshots[i].Instances),
                    before.Except(Keys(snapshots[i].Removed)).Concat(Keys(snapshots[i].Added)).Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public async Task C26_AfterUnsubscribingNothingIsTold()
    {
        string name = fixture.NewName("left");
        await using Store store = new(fixture);
        await using ServiceDirectory directory = new(store.Registry);
        Listener leaving = new();
        Listener staying = new();
        await directory.SubscribeAsync(Condition(name), leaving).AsTask().WaitAsync(fixture.Patience);
        await directory.SubscribeAsync(Condition(name), staying).AsTask().WaitAsync(fixture.Patience);
        await directory.UnsubscribeAsync(Condition(name), leaving).AsTask().WaitAsync(fixture.Patience);
        int told = leaving.Snapshots.Count;
        await store.PutAsync(Record(name, 1));
        await ToldAsync(staying, store, Record(name, 1));
        Assert.Equal(told, leaving.Snapshots.Count);
    }

    [Fact]
    public async Task C27_C29_WhatIsKnownIsHeldWhileTheRegistryIsAwayAndFollowedWhenItIsBack()
    {
        string name = fixture.NewName("held");
        await using Store store = new(fixture);
        await using Store client = new(fixture);
        ServiceRecord record = Record(name, 1, 2);
        await store.PutAsync(record);
        await store.ReadUntilAsync(name, store.Expect(record));
        await using ServiceDirectory directory = new(client.Registry);
        Listener listener = new();
        await directory.SubscribeAsync(Condition(name), listener).AsTask().WaitAsync(fixture.Patience);
        await ToldAsync(listener, store, record);
        await fixture.KillServerAsync();
        if (fixture.HasServer)
        {
            await UntilAsync(() => !directory.State.IsConnected, "the directory notices that the registry is gone");
            await UntilAsync(() => listener.Last.IsStale, "the listener is told that what it knows is stale");
        }

        Assert.Equal(2, (await directory.GetAsync(name)).Instances.Length);
        await fixture.RestartServerAsync();
        await UntilAsync(async () => await TryPutAsync(store, record) && await TryPutAsync(store, Record(name, 3)), "the registry takes records again");
        await ToldAsync(listener, store, Record(name, 1, 2, 3));
        await UntilAsync(() => directory.State.IsConnected && !listener.Last.IsStale, "nothing is stale any more");
        Assert.All(listener.Snapshots, snapshot => Assert.True(
            snapshot.Instances.Length >= 2, $"{snapshot} lacks what never went away"));
    }

    [Fact]
    public async Task C32_ConcurrentMissesGetOneAnswer()
    {
        string name = fixture.NewName("misses");
        await using Store store = new(fixture);
        await store.PutAsync(Record(name, 1));
        await store.ReadUntilAsync(name, store.Expect(Record(name, 1)));
        await using ServiceDirectory directory = new(store.Registry);
        ServiceSnapshot[] found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => directory.GetAsync(name).AsTask())).WaitAsync(fixture.Patience);
        Assert.All(found, snapshot => Assert.Single(snapshot.Instances));
        Assert.True(directory.TryGet(name, out _));
    }

    [Fact]
    public async Task AChangeReachesASubscriber()
    {
        string name = fixture.NewName("quick");
        await using Store store = new(fixture);
        await using Store client = new(fixture);
        await using ServiceDirectory directory = new(client.Registry);
        Listener listener = new();
        await directory.SubscribeAsync(Condition(name), listener).AsTask().WaitAsync(fixture.Patience);
        List<double> delays = [];
        for (int i = 1; i <= 5; i++)
        {
            ServiceRecord record = Record(name, [.. Enumerable.Range(1, i)]);
            await store.PutAsync(Record(name, i));
            long put = Stopwatch.GetTimestamp();
            await ToldAsync(listener, store, record);
            delays.Add(Stopwatch.GetElapsedTime(put).TotalMilliseconds);
        }

        delays.Sort();
        output.WriteLine($"figure: {GetType().Name}: a change reached a subscriber in {delays[2]:N0} ms (median of 5; {delays[0]:N0} - {delays[4]:N0})");
    }

    private static ServiceUrl Condition(string name) => new("consumer", "localhost", 0, name)
    {
        Parameters = ServiceMetadata.Create([new(ServiceUrlParameters.Check, "false"), new(ServiceUrlParameters.Version, ServiceUrl.Any)]),
    };

    private static ServiceRecord Record(string name, params int[] nodes) => new(name, "1.0")
    {
        Nodes = [.. nodes.Select(static node => new ServiceNode($"node-{node}", $"tcp://10.0.0.{node}:5000"))],
    };

    private static string[] Keys(IEnumerable<ServiceInstance> instances) =>
        [.. instances.Select(static instance => instance.Key).Order(StringComparer.Ordinal)];

    private static async Task<bool> TryPutAsync(Store store, ServiceRecord record)
    {
        try
        {
            await store.PutAsync(record);
            return true;
        }
        catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
        {
            return false;
        }
    }

    private Task ToldAsync(Listener listener, Store store, ServiceRecord expected)
    {
        string[] addresses = [.. store.Expect(expected).SelectMany(static record => record.Nodes).Select(static node => node.Address).Order()];
        return UntilAsync(
            () => !listener.Snapshots.IsEmpty
                && listener.Last.Instances.Select(static instance => instance.Node.Address).Order().SequenceEqual(addresses),
            $"the listener was told of {expected}");
    }

    private Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < fixture.Patience, $"Waited in vain until {what}.");
            await Task.Delay(5);
        }
    }

    private sealed class Listener : INotifyListener
    {
        public ConcurrentQueue<ServiceSnapshot> Snapshots { get; } = new();

        public ServiceSnapshot Last => Snapshots.Last();

        public ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
        {
            Snapshots.Enqueue(snapshot);
            return default;
        }
    }
}
