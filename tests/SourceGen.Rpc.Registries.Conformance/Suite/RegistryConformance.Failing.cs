using System.Diagnostics;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <content>27, and what becomes of operations while there is no server.</content>
public abstract partial class RegistryConformance
{
    [Fact]
    public async Task AnUnreachableRegistryIsUnavailableByItsAddress()
    {
        await using IRegistry? registry = fixture.CreateUnreachable();
        if (registry is null)
        {
            Assert.False(fixture.HasServer, "A server that can be killed can also not be reached.");
            return;
        }

        string name = fixture.NewName("away");
        ServiceRecord record = Record(name, "1.0", Node(1));
        List<Func<Task>> operations =
        [
            () => registry.GetServiceAsync(name).AsTask(),
            async () =>
            {
                await foreach (RegistryEvent change in registry.WatchAsync(name)) Assert.Fail($"It said {change}.");
            },
        ];
        if (fixture.CanList) operations.Add(() => registry.ListServicesAsync().AsTask());
        if (fixture.CanRegister) operations.Add(() => registry.RegisterAsync(record).AsTask());
        if (fixture.CanRegister) operations.Add(() => registry.DeregisterAsync(record).AsTask());
        foreach (Func<Task> operation in operations)
        {
            RpcException error = await FailsAsync(RpcStatusCode.Unavailable, operation);
            Assert.Contains(registry.Address, error.Message, StringComparison.Ordinal);
            Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        }
    }

    [Fact]
    public async Task C27_ARegistryThatIsKilledAndRestartedHasItsRecordsAndWatchesBack()
    {
        string name = fixture.NewName("chaos");
        await using Store server = Open();
        await using Store client = Open();
        await using Store late = Open();
        ServiceRecord kept = Record(name, "1.0", Node(1), Node(2));
        ServiceRecord added = Record(name, "1.0", Node(3));
        TimeSpan interval = TimeSpan.FromMilliseconds(100);
        await server.PutAsync(kept);
        await using WatchRecorder watch = client.Watch(name, resumes: true);
        await watch.UntilAsync(client.Expect(kept));
        await using RegistrationLoop? loop = fixture.CanRegister
            ? new RegistrationLoop(server.Registry, kept, new RegisterOptions { TimeToLive = fixture.ShortestTimeToLive * 3 }, interval)
            : null;

        await fixture.KillServerAsync();
        if (fixture.HasServer)
        {
            await FailsAsync(RpcStatusCode.Unavailable, () => client.Registry.GetServiceAsync(name).AsTask());
            if (loop is not null) await WaitUntilAsync(() => loop.Failures > 0, "the registration to fail");
        }

        await fixture.RestartServerAsync();
        long back = Stopwatch.GetTimestamp();
        await PutWhenPossibleAsync(late, added);
        await watch.UntilAsync(recorder => recorder.Records.Any(record => record.Nodes.Length > 0
            && client.Expect(added).Any(one => record.Nodes.Contains(one.Nodes[0]))), "the node that is new");
        TimeSpan seen = Stopwatch.GetElapsedTime(back);
        await watch.UntilAsync(client.Expect(kept, added));
        TimeSpan whole = Stopwatch.GetElapsedTime(back);
        Report($"after the server's return a watch saw a new node in {seen.TotalMilliseconds:N0} ms, all nodes in {whole.TotalMilliseconds:N0} ms");
        Assert.InRange(seen, TimeSpan.Zero, fixture.RecoversWithin);
        await client.ReadUntilAsync(name, client.Expect(kept, added));
        watch.AssertConsistent();
        Assert.All(watch.Failures, static failure => Assert.Equal(RpcStatusCode.Unavailable, Assert.IsType<RpcException>(failure).Code));
    }

    private async Task PutWhenPossibleAsync(Store store, ServiceRecord record)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await store.PutAsync(record);
                return;
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable && Stopwatch.GetElapsedTime(start) < fixture.Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < fixture.Patience, $"Waited in vain for {what}.");
            await Task.Delay(20);
        }
    }
}
