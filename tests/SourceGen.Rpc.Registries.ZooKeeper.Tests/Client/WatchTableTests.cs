using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

public sealed class WatchTableTests
{
    private readonly WatchTable _table = new();

    [Fact]
    public void A_watch_is_triggered_once_by_what_it_waits_for()
    {
        Recorder recorder = Attach();
        _table.Add(WatchKind.Data, "/a", recorder);
        _table.Add(WatchKind.Children, "/a", recorder);
        _table.Add(WatchKind.Existence, "/b", recorder);
        _table.Trigger(new WatchEvent(WatchEventType.ChildrenChanged, "/b"));
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/c"));
        Assert.Empty(recorder.Events);
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/a"));
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/a"));
        _table.Trigger(new WatchEvent(WatchEventType.Created, "/b"));
        _table.Trigger(new WatchEvent(WatchEventType.Deleted, "/a"));
        _table.Trigger(new WatchEvent(WatchEventType.Deleted, "/a"));
        Assert.Equal(["DataChanged /a", "Created /b", "Deleted /a"], recorder.Events);
    }

    [Fact]
    public void One_that_is_detached_takes_nothing_from_the_others()
    {
        Recorder stays = Attach();
        Recorder leaves = Attach();
        foreach (Recorder recorder in (Recorder[])[stays, leaves]) _table.Add(WatchKind.Data, "/a", recorder);
        _table.Add(WatchKind.Data, "/b", leaves);
        _table.Detach(leaves);
        // The answer to what it asked may come later.
        _table.Add(WatchKind.Data, "/c", leaves);
        Assert.Equal("/a", Assert.Single(_table.GetPaths(WatchKind.Data)));
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/a"));
        Assert.Single(stays.Events);
        Assert.Empty(leaves.Events);
    }

    [Fact]
    public void A_lost_session_takes_all_watches_and_no_watcher()
    {
        Recorder recorder = Attach();
        _table.Add(WatchKind.Data, "/a", recorder);
        _table.LoseSession();
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/a"));
        _table.Add(WatchKind.Data, "/a", recorder);
        _table.Trigger(new WatchEvent(WatchEventType.DataChanged, "/a"));
        _table.Lose(new TimeoutException("gone"));
        _table.Lose(new TimeoutException("again"));
        Assert.Equal(["session lost", "DataChanged /a", "gone"], recorder.Events);
    }

    [Fact]
    public void Many_watches_are_told_in_requests_that_servers_take()
    {
        Recorder recorder = Attach();
        foreach (WatchKind kind in Enum.GetValues<WatchKind>())
        {
            for (int i = 0; i < 5_000; i++) _table.Add(kind, $"/{kind}/{new string('x', 100)}{i}", recorder);
        }

        List<string>[] read = [[], [], []];
        int count = 0;
        foreach (JuteWriter request in WatchRequests.Write(42, _table))
        {
            Assert.InRange(request.Written.Length, 1, 256 * 1024);
            JuteReader reader = new(request.Written.Span);
            Assert.Equal(42, reader.ReadLong());
            foreach (List<string> paths in read) paths.AddRange(reader.ReadTexts());
            Assert.Equal(0, reader.Remaining);
            count++;
        }

        Assert.True(count > 5);
        foreach (WatchKind kind in Enum.GetValues<WatchKind>()) Assert.Equal(_table.GetPaths(kind).Order(), read[(int)kind].Order());
        Assert.Empty(WatchRequests.Write(42, new WatchTable()));
    }

    private Recorder Attach()
    {
        Recorder recorder = new();
        _table.Attach(recorder);
        return recorder;
    }

    private sealed class Recorder : INodeWatcher
    {
        public List<string> Events { get; } = [];

        public void OnEvent(WatchEvent e) => Events.Add($"{e.Type} {e.Path}");

        public void OnSessionLost() => Events.Add("session lost");

        public void OnLost(Exception reason) => Events.Add(reason.Message);
    }
}
