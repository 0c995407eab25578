namespace SourceGen.Rpc.Transport;

/// <summary>
/// One thread of the process that waits for sockets, in place of the runtime's event loop. The runtime's loop watches a socket for good
/// once an operation on it had to wait, and then wakes threads for every packet, even while a thread of the engine's own is receiving
/// there. This one hears of a socket only while somebody waits for it.
/// </summary>
internal sealed class ReadinessLoop
{
    private const int EventsPerWait = 256;

    private static readonly Lazy<ReadinessLoop?> s_shared = new(TryStart);

    private readonly int _epoll;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private ReadinessRegistration?[] _slots = new ReadinessRegistration?[64];
    private int _used;
    private uint _generation;

    /// <summary>Makes a loop that no thread runs yet.</summary>
    internal ReadinessLoop(int epoll) => _epoll = epoll;

    /// <summary>The loop of the process, started when it is first asked for; null where the system has no epoll.</summary>
    public static ReadinessLoop? Shared => s_shared.Value;

    /// <summary>Gives the registration a slot and a number that stand for it in events.</summary>
    public ulong Add(ReadinessRegistration registration)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out int slot)) slot = _used++;
            if (slot == _slots.Length)
            {
                // Replaced, not resized in place: the loop's thread reads without the lock.
                var larger = new ReadinessRegistration?[slot * 2];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }

            Volatile.Write(ref _slots[slot], registration);
            return ((ulong)++_generation << 32) | (uint)slot;
        }
    }

    /// <summary>Gives a slot to whoever comes next; events that still name the old number are nobody's.</summary>
    public void Remove(ulong id)
    {
        lock (_gate)
        {
            Volatile.Write(ref _slots[(uint)id], null);
            _free.Push((int)(uint)id);
        }
    }

    /// <summary>Changes what a descriptor is waited for.</summary>
    /// <returns>0, or the error number.</returns>
    public int Control(int operation, int descriptor, uint events, ulong id) => Epoll.Control(_epoll, operation, descriptor, events, id);

    /// <summary>Hands an event to the registration it is for, if that is still there.</summary>
    internal void Deliver(ulong id, uint events)
    {
        ReadinessRegistration? registration = Volatile.Read(ref Volatile.Read(ref _slots)[(uint)id]);
        registration?.OnEvent(id, events);
    }

    private static ReadinessLoop? TryStart()
    {
        if (Epoll.TryCreate() is not int epoll) return null;
        var loop = new ReadinessLoop(epoll);
        new Thread(loop.Run) { IsBackground = true, Name = "SourceGen.Rpc sockets" }.UnsafeStart();
        return loop;
    }

    private void Run()
    {
        byte[] events = GC.AllocateUninitializedArray<byte>(EventsPerWait * Epoll.EventSize, pinned: true);
        while (true)
        {
            int count = Epoll.Wait(_epoll, events, out int error);
            if (count < 0 && error != Epoll.Interrupted)
            {
                // Every other error is a mistake of this class, and without the loop no connection would ever go on.
                Environment.FailFast($"SourceGen.Rpc cannot wait for its sockets: epoll_wait failed with error {error}.");
            }

            for (int i = 0; i < count; i++)
            {
                (uint ready, ulong id) = Epoll.Read(events, i);
                Deliver(id, ready);
            }
        }
    }
}
