using System.Collections.Concurrent;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Wire;

/// <summary>Both ends serve: the peer as somebody to call, and how a connection on which calls go both ways comes to rest.</summary>
internal sealed partial class RpcConnection
{
    private readonly ConcurrentQueue<ServerCall> _held = new();
    private RpcPeer? _caller;
    private int _releasing;

    /// <summary>Whether this side offers services here.</summary>
    public bool Serves => _methods.Length > 0;

    /// <summary>Whether the peer offers services, so that handlers may want to know who called them.</summary>
    public bool PeerServes { get; }

    /// <summary>The peer as handlers see it.</summary>
    public RpcPeer Caller => _caller ?? Interlocked.CompareExchange(ref _caller, new RpcPeer(this), null) ?? _caller;

    /// <summary>How long a call to the peer may take whose contract does not say, in milliseconds; -1 for no limit.</summary>
    public int PeerCallTimeoutMs => _settings.PeerCallTimeoutMs;

    /// <summary>What runs around calls to the peer's services.</summary>
    public FilterChain PeerCallFilters => _settings.PeerCallFilters;

    /// <summary>Completes when no call that this side made waits for its answer, or the connection is closed.</summary>
    public async Task WhenAnsweredAsync()
    {
        do
        {
            // Looked at under the output's lock, under which calls begin: once this side makes no more, none slips in behind.
            await Output.WaitForRoomAsync(() => Calls.InFlight == 0).ConfigureAwait(false);
        }
        while (Calls.InFlight > 0 && !_isClosed);

        if (Link is { } link && !link.IsServedBy(this)) await WhenDrainedAsync(link).ConfigureAwait(false);
    }

    /// <summary>Completes when no call that this side serves is running, or the connection is closed.</summary>
    public async Task WhenServedAsync()
    {
        while (Running.Count > 0 && !_isClosed) await Task.WhenAny(Running.WhenDrained(), _closed.Task).ConfigureAwait(false);
        if (Link is { } link && link.IsServedBy(this)) await WhenDrainedAsync(link).ConfigureAwait(false);
    }

    /// <summary>Completes when no call goes directly from one end to the other, or the connection is closed.</summary>
    private async Task WhenDrainedAsync(InProcess.InProcessLink link)
    {
        while (link.Running > 0 && !_isClosed) await Task.WhenAny(link.WhenDrained(), _closed.Task).ConfigureAwait(false);
    }

    /// <summary>Completes when calls are under way in neither direction, or the connection is closed.</summary>
    public async Task WhenIdleAsync()
    {
        do
        {
            await WhenServedAsync().ConfigureAwait(false);
            await WhenAnsweredAsync().ConfigureAwait(false);
        }
        while (Running.Count > 0 && !_isClosed);
    }

    /// <summary>Cancels the source, on the thread pool, when no further call should go out; now if that is so already.</summary>
    public void CancelWhenLeaving(CancellationTokenSource source)
    {
        Leaving += _ => CancelLater();
        if (!IsUsable) CancelLater();

        void CancelLater() => ThreadPool.UnsafeQueueUserWorkItem(
            static state => state.Connection.Cancel(state.Source), (Connection: this, Source: source), preferLocal: false);
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            ConnectionLog.ClosedCallbackFailed(_logger, RemoteAddress, e);
        }
    }

    /// <summary>
    /// The side that opened the connection goes on reading while its output is full, and puts the calls that it should serve aside: at most
    /// as many as its hello allows. Called by whoever claimed the call.
    /// </summary>
    private void Hold(ServerCall call)
    {
        _held.Enqueue(call);
        if (Interlocked.Exchange(ref _releasing, 1) == 0) ReleaseWhenRoom();
    }

    private void ReleaseWhenRoom()
    {
        Output.WaitForRoomAsync(() => !Output.IsFull).ContinueWith(
            static (_, connection) => ((RpcConnection)connection!).RunHeld(), this, TaskScheduler.Default);
    }

    /// <summary>
    /// Runs one call that was put aside, after passing the others on: a handler that blocks holds up nobody, and no more handlers than the
    /// thread pool has threads write large replies at the same time.
    /// </summary>
    private void RunHeld()
    {
        bool any = _held.TryDequeue(out ServerCall? call);
        if (!any)
        {
            Volatile.Write(ref _releasing, 0);
            if (_held.IsEmpty || Interlocked.Exchange(ref _releasing, 1) == 1) return;
            ReleaseWhenRoom(); // One came between the look and the flag.
            return;
        }

        if (Output.IsFull && !_isClosed) ReleaseWhenRoom();
        else ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.RunHeld(), this, preferLocal: false);
        call!.Run();
    }

    /// <summary>
    /// Whether more one-way calls are unfinished than this side allows. While it waits for answers itself, which a handler of one of those
    /// calls may need to go on, it allows twice as many before it stops reading.
    /// </summary>
    private bool HasTooManyOneWay()
    {
        int running = Running.OneWay;
        int limit = _settings.Local.MaxConcurrentCalls;
        return running > limit && (Calls.InFlight == 0 || running > limit * 2L);
    }

    /// <summary>A call was made while this side does not read: whether it must, to get the answer, is to be looked at again.</summary>
    private void ReconsiderPause()
    {
        lock (Output.Gate) Output.SignalRoom();
    }
}
