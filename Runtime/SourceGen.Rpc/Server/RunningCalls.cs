using SourceGen.Rpc.Client;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>The calls of one connection whose handlers have not finished, by the slot that the caller gave them.</summary>
internal sealed class RunningCalls(RpcConnection connection, int capacity)
{
    private const int ChunkSize = 256;

    // Chunks never move: only the receiver adds, and any thread may clear an entry of its own meanwhile.
    private readonly Slot[]?[] _chunks = new Slot[]?[(capacity + ChunkSize - 1) / ChunkSize];
    private readonly HashSet<ServerCall> _oneWay = [];
    private long _started;
    private long _finished;
    private int _oneWayCount;
    private volatile bool _cancelled;
    private TaskCompletionSource? _drained;

    /// <summary>Calls whose handlers have not finished, one-way calls included.</summary>
    public int Count => (int)(Volatile.Read(ref _started) - Volatile.Read(ref _finished));

    /// <summary>Calls that were begun since the connection opened.</summary>
    public long Started => Volatile.Read(ref _started);

    /// <summary>One-way calls among those that have not finished.</summary>
    public int OneWay => Volatile.Read(ref _oneWayCount);

    /// <summary>Whether a call holds the slot. Only the receiver may ask.</summary>
    public bool IsTaken(int slot) => _chunks[slot / ChunkSize] is { } chunk && Volatile.Read(ref chunk[slot % ChunkSize].Call) is not null;

    /// <summary>
    /// A request is looked at: it counts as running from before it is known whether it is refused, so that who waits for the last one
    /// misses none. <see cref="Finished"/> ends it. Only the receiver may call it.
    /// </summary>
    public void Begin() => Volatile.Write(ref _started, _started + 1);

    /// <summary>Adds a call that has begun. Only the receiver may call it.</summary>
    public void Add(ServerCall call, ulong id, bool oneWay)
    {
        if (oneWay)
        {
            Interlocked.Increment(ref _oneWayCount);
            if (call.CanBeCancelled)
            {
                lock (_oneWay) _oneWay.Add(call);
            }
        }
        else
        {
            int slot = CallTable.SlotOf(id);
            Slot[] chunk = _chunks[slot / ChunkSize] ??= new Slot[ChunkSize];
            chunk[slot % ChunkSize].Deadline = call.Deadline;
            Volatile.Write(ref chunk[slot % ChunkSize].Call, call);
        }

        if (_cancelled) call.RequestCancel(connection, id);
    }

    /// <summary>The call is finished: its slot is free before its reply is written, as the caller may use it again at once.</summary>
    public void Remove(ServerCall call, ulong id, bool oneWay)
    {
        if (!oneWay)
        {
            int slot = CallTable.SlotOf(id);
            Volatile.Write(ref _chunks[slot / ChunkSize]![slot % ChunkSize].Call, null);
        }
        else
        {
            if (call.CanBeCancelled)
            {
                lock (_oneWay) _oneWay.Remove(call);
            }

            Interlocked.Decrement(ref _oneWayCount);
        }
    }

    /// <summary>A call goes on as another, in the same slot. Any thread may call it.</summary>
    public void Replace(ServerCall call, ServerCall successor, ulong id, bool oneWay)
    {
        if (oneWay)
        {
            lock (_oneWay)
            {
                _oneWay.Remove(call);
                if (successor.CanBeCancelled) _oneWay.Add(successor);
            }
        }
        else
        {
            int slot = CallTable.SlotOf(id);
            Volatile.Write(ref _chunks[slot / ChunkSize]![slot % ChunkSize].Call, successor); // Its deadline is the same.
        }

        if (_cancelled) successor.RequestCancel(connection, id);
    }

    /// <summary>The call's reply is written, or it has none.</summary>
    public void Finished()
    {
        long finished = Interlocked.Increment(ref _finished);
        if (Volatile.Read(ref _drained) is { } drained && finished == Volatile.Read(ref _started)) drained.TrySetResult();
    }

    /// <summary>The caller gave up.</summary>
    public void Cancel(ulong id)
    {
        int slot = CallTable.SlotOf(id);
        if ((uint)slot >= (uint)capacity || _chunks[slot / ChunkSize] is not { } chunk) return;
        Volatile.Read(ref chunk[slot % ChunkSize].Call)?.RequestCancel(connection, id);
    }

    /// <summary>The connection is lost: cancels every handler that can be, and those still to come from frames already received.</summary>
    public void CancelAll()
    {
        _cancelled = true;
        foreach (Slot[]? chunk in _chunks)
        {
            if (chunk is null) continue;
            foreach (ref Slot slot in chunk.AsSpan())
            {
                Volatile.Read(ref slot.Call)?.RequestCancel(connection, id: null);
            }
        }

        ServerCall[] oneWay;
        lock (_oneWay) oneWay = [.. _oneWay];
        foreach (ServerCall call in oneWay) call.RequestCancel(connection, id: null);
    }

    /// <summary>Cancels the handlers whose callers' time has passed. The watchdog's thread calls it, which may run no user code.</summary>
    /// <param name="now">The engine's coarse clock.</param>
    /// <returns>Whether any running call has a deadline, so that it must be looked at again soon.</returns>
    public bool CancelExpired(long now)
    {
        bool any = false;
        foreach (Slot[]? chunk in _chunks)
        {
            if (chunk is null) continue;
            foreach (ref Slot slot in chunk.AsSpan())
            {
                ServerCall? call = Volatile.Read(ref slot.Call);
                if (call is null || slot.Deadline == long.MaxValue) continue;
                any = true;

                // The slot may have passed on between the two reads: the call itself knows for certain.
                if (slot.Deadline <= now) call.RequestCancel(connection, id: null, now);
            }
        }

        if (OneWay == 0) return any;
        lock (_oneWay)
        {
            foreach (ServerCall call in _oneWay)
            {
                any |= call.Deadline != long.MaxValue;
                call.RequestCancel(connection, id: null, now);
            }
        }

        return any;
    }

    /// <summary>A task that completes when no handler is running. One that was asked for earlier may tell of an earlier moment.</summary>
    public Task WhenDrained()
    {
        while (true)
        {
            TaskCompletionSource? source = Volatile.Read(ref _drained);
            if (source is null || source.Task.IsCompleted)
            {
                TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (Interlocked.CompareExchange(ref _drained, fresh, source) != source) continue;
                source = fresh;
            }

            if (Count == 0) source.TrySetResult();
            return source.Task;
        }
    }

    /// <summary>A struct, because stores into an array of references check its element type.</summary>
    private struct Slot
    {
        public ServerCall? Call;
        public long Deadline; // Here too, because the scan should not have to visit every call.
    }
}
