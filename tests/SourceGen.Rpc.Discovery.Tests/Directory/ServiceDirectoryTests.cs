using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Directory;

public sealed class ServiceDirectoryTests : IAsyncDisposable
{
    private readonly ScriptedRegistry _registry = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDirectory _directory;

    public ServiceDirectoryTests() => _directory = Create();

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task C23_SubscribeReturnsAfterTheFirstFullSnapshotWasDelivered()
    {
        await _registry.RegisterAsync(Records.Of("a", "b"));
        TaskCompletionSource finish = new();
        RecordingListener listener = new() { During = async (_, _) => await finish.Task };
        Task subscribing = _directory.SubscribeAsync(Records.Condition(), listener).AsTask();
        await listener.HasNodes("a", "b");
        Assert.False(subscribing.IsCompleted);
        finish.SetResult();
        await Eventually.Done(subscribing);
        Assert.Equal(1, Assert.Single(listener.Snapshots).Number);
    }

    [Fact]
    public async Task C24_SnapshotsAreCompleteAndNumberedAndTellWhatChanged()
    {
        await _registry.RegisterAsync(Records.Of("a", "b"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await _registry.RegisterAsync(Records.Of("c"));
        await listener.HasNodes("a", "b", "c");
        Assert.Equal("c", Assert.Single(listener.Last.Added).Node.Id);
        ServiceRecord heavier = Records.Of("a");
        await _registry.RegisterAsync(heavier with { Nodes = [heavier.Nodes[0] with { Metadata = ServiceMetadata.Empty.With("weight", "7") }] });
        await Eventually.Is(() => listener.Last.Changed.Length == 1, "a change of a's weight was told");
        Assert.Equal(7, listener.Last.Changed[0].Node.Weight);
        Assert.Empty(listener.Last.Added);
        await _registry.DeregisterAsync(Records.Of("b"));
        await listener.HasNodes("a", "c");
        Assert.Equal("b", Assert.Single(listener.Last.Removed).Node.Id);
        Assert.Equal(Enumerable.Range(1, listener.Snapshots.Count).Select(static n => (long)n), listener.Snapshots.Select(static s => s.Number));
    }

    [Fact]
    public async Task C25_TwoSubscribersEachGetEveryState()
    {
        RecordingListener first = new();
        RecordingListener second = new();
        await _directory.SubscribeAsync(Records.Condition(), first);
        await _directory.SubscribeAsync(Records.Condition(), second);
        await _registry.RegisterAsync(Records.Of("a"));
        await first.HasNodes("a");
        await second.HasNodes("a");
        Assert.Equal(1, _registry.WatchesBegun);
    }

    [Fact]
    public async Task C26_AfterUnsubscribingNothingRuns()
    {
        RecordingListener listener = new();
        TaskCompletionSource entered = new();
        listener.During = async (snapshot, cancellationToken) =>
        {
            if (snapshot.Instances.IsEmpty) return;
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await _registry.RegisterAsync(Records.Of("a"));
        await Eventually.Done(entered.Task);
        await _registry.RegisterAsync(Records.Of("b"));
        await Eventually.Done(_directory.UnsubscribeAsync(Records.Condition(), listener).AsTask());
        int told = listener.Snapshots.Count;
        await _registry.RegisterAsync(Records.Of("c"));
        RecordingListener later = new();
        await _directory.SubscribeAsync(Records.Condition(), later); // Whatever was under way is through.
        await later.HasNodes("a", "b", "c");
        Assert.Equal(told, listener.Snapshots.Count);
        await _directory.UnsubscribeAsync(Records.Condition("check=false&group=unknown"), listener); // Was never there.
    }

    [Fact]
    public async Task C26_AListenerCanUnsubscribeItself()
    {
        RecordingListener listener = new();
        listener.During = async (snapshot, _) =>
        {
            if (!snapshot.Instances.IsEmpty) await _directory.UnsubscribeAsync(Records.Condition(), listener);
        };
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await _registry.RegisterAsync(Records.Of("a"));
        await listener.HasNodes("a");
        await Eventually.Is(() => !_directory.TryGet(Records.Service, out _), "the service is not followed any more");
    }

    [Fact]
    public async Task C27_AWatchThatBreaksIsBegunAgainAndNothingIsForgottenMeanwhile()
    {
        await _registry.RegisterAsync(Records.Of("a", "b"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        _registry.Fail("it was killed");
        await Eventually.Is(() => listener.Last.IsStale, "the snapshot is marked as stale");
        Assert.Equal(2, listener.Last.Instances.Length);
        Assert.False(_directory.State.IsConnected);
        Assert.Contains("it was killed", _directory.State.Problem);
        for (int i = 0; i < 5; i++) await NextAttemptAsync();
        _registry.Fail(null);
        await _registry.RegisterAsync(Records.Of("c"));
        await UntilAsync(() => !listener.Last.IsStale);
        await listener.HasNodes("a", "b", "c");
        Assert.True(_directory.State.IsConnected);
    }

    [Fact]
    public async Task C29_ARegistryThatSuddenlyAnswersEmptyDoesNotEmptyTheList()
    {
        await _registry.RegisterAsync(Records.Of("a", "b"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        _registry.Forget();
        _registry.Emit(RegistryEvent.Snapshot([]));
        await Eventually.Is(() => listener.Last.IsStale, "the snapshot is marked as stale");
        Assert.Equal(2, listener.Last.Instances.Length);
        _clock.Advance(TimeSpan.FromSeconds(60));
        _registry.Emit(RegistryEvent.Snapshot([])); // Said twice it is not truer, and does not begin the grace anew.
        await _registry.RegisterAsync(Records.Of("b", "c"));
        await listener.HasNodes("a", "b", "c");
        _clock.Advance(TimeSpan.FromSeconds(31));
        await listener.HasNodes("b", "c");
        Assert.False(listener.Last.IsStale);
    }

    [Fact]
    public async Task C29_ARegistryThatComesBackWithoutItsRecordsDoesNotEmptyTheList()
    {
        await _registry.RegisterAsync(Records.Of("a", "b", "c", "d", "e"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        _registry.Fail("it was killed");
        await Eventually.Is(() => listener.Last.IsStale, "the snapshot is marked as stale");
        _registry.Forget();
        _registry.Fail(null);
        await _registry.RegisterAsync(Records.Of("a", "f"));
        await UntilAsync(() => listener.Last.Instances.Length == 6);
        Assert.True(listener.Last.IsStale);
        await _registry.RegisterAsync(Records.Of("b"));
        await _registry.DeregisterAsync(Records.Of("a"));
        await listener.HasNodes("b", "c", "d", "e", "f"); // Removed by name, at once.
        _clock.Advance(TimeSpan.FromSeconds(91));
        await listener.HasNodes("b", "f");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a", "b")]
    [InlineData("a", "b", "c", "d")]
    public async Task C29_ARegistryThatIsStillFillingWhenItComesBackTakesNothingOffTheList(params string[] renewed)
    {
        await _registry.RegisterAsync(Records.Of("a", "b", "c", "d", "e"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await listener.HasNodes("a", "b", "c", "d", "e");
        _registry.Fail("it was killed");
        await Eventually.Is(() => listener.Last.IsStale, "the snapshot is marked as stale");
        _registry.Forget(except: renewed);
        _registry.Fail(null);
        await UntilAsync(() => _directory.State.IsConnected);
        await listener.HasNodes("a", "b", "c", "d", "e");
        Assert.True(listener.Last.IsStale);
        await _registry.RegisterAsync(Records.Of("a", "b", "c", "d", "e"));
        await UntilAsync(() => !listener.Last.IsStale);
        await listener.HasNodes("a", "b", "c", "d", "e");
    }

    [Fact]
    public async Task C29_WhatIsRemovedByNameIsGoneAtOnceEvenTheLast()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await _registry.DeregisterAsync(Records.Of("a"));
        await listener.HasNodes();
        Assert.False(listener.Last.IsStale);
    }

    [Fact]
    public async Task C30_WhatASubscriberDoesToItsSnapshotChangesNothing()
    {
        await _registry.RegisterAsync(Records.Of("a", "b"));
        ServiceSnapshot snapshot = await _directory.GetAsync(Records.Service);
        Assert.Equal(3, snapshot.Instances.Add(snapshot.Instances[0]).Length);
        Assert.Throws<NotSupportedException>(() => ((IList<ServiceInstance>)snapshot.Instances)[0] = snapshot.Instances[1]);
        Assert.Throws<NotSupportedException>(() => ((IList<ServiceNode>)snapshot.Records[0].Nodes).Clear());
        Assert.Equal(2, (await _directory.GetAsync(Records.Service)).Instances.Length);
    }

    [Fact]
    public async Task C31_WithTheRegistryDownAtStartTheSnapshotOnDiskServesUnlessItIsChecked()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await _registry.RegisterAsync(Records.Of("a", "b"));
            await using (ServiceDirectory before = Create(path)) await before.GetAsync(Records.Service);
            _registry.Fail("it is not there");
            await using ServiceDirectory after = Create(path);
            ServiceSnapshot saved = await after.GetAsync(Records.Service);
            Assert.True(saved.IsStale);
            Assert.Equal(2, saved.Instances.Length);
            RecordingListener listener = new();
            await after.SubscribeAsync(Records.Condition("check=false"), listener);
            await listener.HasNodes("a", "b");
            await using ServiceDirectory another = Create(path);
            Task subscribing = another.SubscribeAsync(Records.Condition("check=true"), new RecordingListener()).AsTask();
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => Eventually.Done(subscribing));
            Assert.Equal(RpcStatusCode.Unavailable, refused.Code);
            Assert.Contains("it is not there", refused.Message);
        }
        finally
        {
            System.IO.Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task C32_ConcurrentMissesCauseOneLookUp()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        _registry.Hold();
        Task<ServiceSnapshot>[] misses = [.. Enumerable.Range(0, 50).Select(_ => _directory.GetAsync(Records.Service).AsTask())];
        Assert.All(misses, static miss => Assert.False(miss.IsCompleted));
        _registry.Release();
        ServiceSnapshot[] found = await Eventually.Done(Task.WhenAll(misses));
        Assert.All(found, snapshot => Assert.Same(found[0], snapshot));
        Assert.Equal(1, _registry.WatchesBegun);
        Assert.Equal(0, _registry.Reads);
    }

    [Fact]
    public async Task C32_ServicesAreReadAgainNowAndThenForTheCaseThatEventsAreLost()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(), listener);
        _registry.Emit(RegistryEvent.Delete(Records.Of("a"))); // Which is not so.
        await listener.HasNodes();

        // The default of once a minute, a quarter earlier or later: the time that is longest for the first is too short for a second one.
        TimeSpan longest = TimeSpan.FromSeconds(75);
        await Eventually.Is(() => _clock.Waiting(longest) == 1, "the next reading is waited for");
        _clock.Advance(longest);
        await Eventually.Is(() => listener.Last.Instances.Length == 1, "it is seen again");
        Assert.Equal(1, _registry.Reads);
    }

    [Fact]
    public async Task C20_AnUnknownServiceIsNotFoundAndFoundWhenItComes()
    {
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await _directory.GetAsync(Records.Service));
        Assert.Equal(RpcStatusCode.NotFound, missing.Code);
        Assert.Contains(Records.Service, missing.Message);
        await _registry.RegisterAsync(Records.Of("a"));
        await Eventually.Is(() => _directory.TryGet(Records.Service, out ServiceSnapshot? now) && now.Instances.Length == 1, "it is found");
    }

    [Fact]
    public async Task ACheckedSubscriptionToWhatIsNotThereFailsAndIsNotThereAfterwards()
    {
        RecordingListener listener = new();
        ServiceUrl condition = Records.Condition("version=2.0");
        await _registry.RegisterAsync(Records.Of("a"));
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await _directory.SubscribeAsync(condition, listener));
        Assert.Equal(RpcStatusCode.NotFound, missing.Code);
        Assert.Contains($"{Records.Service}:2.0", missing.Message);
        await _registry.RegisterAsync(Records.Of("b") with { Version = "2.0" });
        await Eventually.Done(_directory.SubscribeAsync(condition, listener).AsTask());
        await listener.HasNodes("b");
    }

    [Theory]
    [InlineData("", "plain")]
    [InlineData("version=1.0", "old")]
    [InlineData("version=*", "plain,old,new")]
    [InlineData("group=g", "grouped")]
    [InlineData("group=*&version=*", "plain,old,new,grouped")]
    public async Task ConditionsSelectByGroupAndVersion(string query, string expected)
    {
        await _registry.RegisterAsync(Records.Of("plain"));
        await _registry.RegisterAsync(Records.Of("old") with { Version = "1.0" });
        await _registry.RegisterAsync(Records.Of("new") with { Version = "2.0" });
        await _registry.RegisterAsync(Records.Of("grouped") with { Metadata = ServiceMetadata.Empty.With("group", "g") });
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(query), listener);
        await listener.HasNodes(expected.Split(','));
    }

    [Fact]
    public async Task AConditionCanBeForAllServices()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        RecordingListener listener = new();
        await _directory.SubscribeAsync(Records.Condition(service: "*"), listener);
        await _registry.RegisterAsync(new ServiceRecord("Shop.Other") { Nodes = [new ServiceNode("b", "10.0.0.2:1")] });
        await listener.HasNodes("a", "b");
    }

    [Fact]
    public async Task ASlowListenerGetsTheLatestAndHoldsUpNobody()
    {
        TaskCompletionSource finish = new();
        RecordingListener slow = new();
        slow.During = async (snapshot, _) =>
        {
            if (!snapshot.Instances.IsEmpty) await finish.Task;
        };
        RecordingListener quick = new();
        await _directory.SubscribeAsync(Records.Condition(), slow);
        await _directory.SubscribeAsync(Records.Condition(), quick);
        string[] ids = [.. Enumerable.Range(0, 50).Select(static i => $"node-{i:00}")];
        await _registry.RegisterAsync(Records.Of(ids[0]));
        await slow.HasNodes(ids[0]);
        foreach (string id in ids[1..]) await _registry.RegisterAsync(Records.Of(id));
        await quick.HasNodes(ids);
        finish.SetResult();
        await slow.HasNodes(ids);
        Assert.Equal(3, slow.Snapshots.Count); // Empty, the first node, all.
    }

    [Fact]
    public async Task AListenerThatThrowsIsToldOfTheNextChange()
    {
        RecordingListener listener = new() { During = static (_, _) => throw new InvalidOperationException("a bug of the listener's") };
        await _directory.SubscribeAsync(Records.Condition(), listener);
        await _registry.RegisterAsync(Records.Of("a"));
        await listener.HasNodes("a");
    }

    [Fact]
    public async Task ALookUpOnTheCallPathAllocatesNothing()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        await _directory.GetAsync(Records.Service);
        Assert.True(_directory.TryGet(Records.Service, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) _directory.TryGet(Records.Service, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task MoreServicesThanAllowedAreRefused()
    {
        await using ServiceDirectory small = new(_registry, new ServiceDirectoryOptions { MaxServices = 1 });
        await small.SubscribeAsync(Records.Condition(), new RecordingListener());
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await small.GetAsync("Another"));
        Assert.Equal(RpcStatusCode.ResourceExhausted, refused.Code);
    }

    [Fact]
    public async Task AfterDisposingNothingIsWatchedAndLookUpsFail()
    {
        await _registry.RegisterAsync(Records.Of("a"));
        ServiceDirectory directory = Create();
        RecordingListener listener = new();
        await directory.SubscribeAsync(Records.Condition(), listener);
        await Eventually.Done(directory.DisposeAsync().AsTask());
        await _registry.RegisterAsync(Records.Of("b"));
        Assert.Single(listener.Last.Instances);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await directory.GetAsync("Another"));
    }

    private ServiceDirectory Create(string? cachePath = null) => new(
        _registry,
        new ServiceDirectoryOptions { CachePath = cachePath, TimeProvider = cachePath is null ? _clock : TimeProvider.System });

    private Task NextAttemptAsync()
    {
        int before = _registry.WatchesBegun;
        return UntilAsync(() => _registry.WatchesBegun > before);
    }

    /// <summary>Moves the clock until something is so.</summary>
    private async Task UntilAsync(Func<bool> condition, TimeSpan step = default) => await Eventually.Is(
        () =>
        {
            _clock.Advance(step == default ? TimeSpan.FromMilliseconds(100) : step);
            return condition();
        },
        "what the test waits for, with time going on");
}
