using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.InProcess;

/// <summary>
/// The two ends of one connection within the process. Calls that go from one to the other directly are counted here, so that whoever waits
/// for the connection to come to rest waits for them too, and are told when it closes.
/// </summary>
internal sealed class InProcessLink
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile RpcConnection? _client;
    private volatile RpcConnection? _server;
    private volatile InProcessCall[] _calls = [];
    private TaskCompletionSource? _drained;
    private int _running;

    /// <summary>The caller's end. Not to be asked for before <see cref="WhenServed"/>.</summary>
    public RpcConnection Client => _client!;

    /// <summary>The end that serves. Not to be asked for before <see cref="WhenServed"/>.</summary>
    public RpcConnection Server => _server!;

    /// <summary>Completes when the server's end serves.</summary>
    public Task WhenServed => _served.Task;

    /// <summary>Calls whose handlers have not finished, or have something to release still.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Whether a connection is the end that serves.</summary>
    public bool IsServedBy(RpcConnection connection) => _server == connection;

    /// <summary>Whether both ends write and read values in the same way: they agreed on a name, and each has a codec of that name.</summary>
    public bool IsMatching(ICodec codec) => _server!.Codec.GetType() == codec.GetType();

    /// <summary>One of the ends has begun to receive.</summary>
    public void Attach(RpcConnection connection, bool isServer)
    {
        if (!isServer)
        {
            _client = connection;
            return;
        }

        _server = connection;
        _served.TrySetResult();
    }

    /// <summary>
    /// Asks for a call to be let in, which <see cref="Exit"/> ends. It counts before it looks, with a fence in between: a server that stops
    /// first refuses and then looks at the count, so it sees every call that is let in.
    /// </summary>
    /// <returns>False when it is to be made in the ordinary way, which says what is wrong.</returns>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _running);
        if (_server!.TakesCalls && _client!.IsUsable) return true;
        Exit();
        return false;
    }

    /// <summary>A call that was let in is over, and has nothing to release.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _running) == 0) Volatile.Read(ref _drained)?.TrySetResult();
    }

    /// <summary>A task that completes when no call is running. One that was asked for earlier may tell of an earlier moment.</summary>
    public Task WhenDrained()
    {
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _drained, drained, null) is { } earlier)
        {
            if (!earlier.Task.IsCompleted) drained = earlier;
            else if (Interlocked.CompareExchange(ref _drained, drained, earlier) != earlier) drained = Volatile.Read(ref _drained)!;
        }

        if (Running == 0) drained.TrySetResult();
        return drained.Task;
    }

    /// <summary>From now on the call is looked after: its time, and the connection's end.</summary>
    public void Add(InProcessCall call)
    {
        lock (_gate) _calls = [.. _calls, call];
    }

    /// <summary>The call will not be used again.</summary>
    public void Remove(InProcessCall call)
    {
        lock (_gate) _calls = [.. _calls.Where(other => other != call)];
    }

    /// <summary>Ends the calls whose time has passed. The watchdog's thread calls it, which may run no user code.</summary>
    /// <param name="now">The engine's coarse clock.</param>
    /// <returns>Whether any running call has a deadline, so that it must be looked at again soon.</returns>
    public bool EndExpired(long now)
    {
        bool any = false;
        foreach (InProcessCall call in _calls) any |= call.EndIfExpired(now);
        return any;
    }

    /// <summary>One of the ends is closed: callers learn why, and handlers are cancelled.</summary>
    public void EndAll(RpcException reason)
    {
        foreach (InProcessCall call in _calls) call.EndBecause(reason);
    }
}
