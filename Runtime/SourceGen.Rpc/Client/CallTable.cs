using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// The calls that this side has made on one connection and that are not answered yet, by slot. A call's id is its slot and the
/// slot's generation, so that a reply can never reach another call than its own. A call that was cancelled or timed out keeps its
/// slot until the server answers, because the server counts it until then.
/// </summary>
internal sealed class CallTable
{
    private const int ChunkSize = 256;

    private readonly int _capacity;
    private readonly Slot[]?[] _chunks;
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <param name="capacity">The most calls the peer accepts at once.</param>
    public CallTable(int capacity)
    {
        _capacity = capacity;
        _chunks = new Slot[]?[(capacity + ChunkSize - 1) / ChunkSize];
    }

    /// <summary>Calls that hold a slot. Approximate without the lock.</summary>
    public int InFlight => _used - _freeCount;

    /// <summary>Whether a slot is free. Approximate without the lock.</summary>
    public bool HasRoom => _freeCount > 0 || _used < _capacity;

    public static int SlotOf(ulong id) => (int)(uint)id;

    private static uint GenerationOf(ulong id) => (uint)(id >> 32);

    /// <summary>Takes a slot. The output's lock is held.</summary>
    /// <param name="connection">The connection the table belongs to.</param>
    /// <param name="call">The call.</param>
    /// <param name="use">What <see cref="PendingCall.TryClaim"/> asks for.</param>
    /// <returns>The call's id; 0 when every slot is taken.</returns>
    public ulong Allocate(RpcConnection connection, PendingCall call, out long use)
    {
        use = 0;
        int index;
        if (_freeCount > 0)
        {
            index = _free[--_freeCount];
        }
        else if (_used < _capacity)
        {
            index = _used;
            _chunks[index / ChunkSize] ??= new Slot[ChunkSize];
            Volatile.Write(ref _used, index + 1);
        }
        else
        {
            return 0;
        }

        ref Slot slot = ref At(index);
        if (++slot.Generation == 0) slot.Generation = 1; // An id is never 0.
        ulong id = ((ulong)slot.Generation << 32) | (uint)index;
        slot.Answered = false;
        use = call.Activate(connection, id);
        Volatile.Write(ref slot.Use, use); // After the generation, which tells ClaimWhere that the slot has passed on.
        Volatile.Write(ref slot.Call, call);
        return id;
    }

    /// <summary>Gives a slot back. The output's lock is held.</summary>
    public void Free(int index)
    {
        ref Slot slot = ref At(index);
        slot.Call = null;
        slot.Partial?.Release();
        slot.Partial = null;
        if (_freeCount == _free.Length) Array.Resize(ref _free, Math.Max(64, _free.Length * 2));
        _free[_freeCount++] = index;
    }

    /// <summary>Finds the call a reply is for. Only the receiver may call it.</summary>
    /// <param name="id">The reply's call id.</param>
    /// <param name="call">
    /// The call, claimed for the caller to complete; null when it was abandoned and the reply only frees its slot.
    /// </param>
    /// <returns>False when there is no such call, which no honest peer answers.</returns>
    public bool TryClaim(ulong id, out PendingCall? call)
    {
        call = null;
        int index = SlotOf(id);
        if ((uint)index >= (uint)_used) return false;
        ref Slot slot = ref At(index);
        if (slot.Generation != GenerationOf(id) || slot.Answered) return false;
        slot.Answered = true; // At once, though the slot is given back later: a second reply must not give it back twice.
        PendingCall? found = Volatile.Read(ref slot.Call);
        if (found is not null && found.TryClaim(slot.Use)) call = found;
        return true;
    }

    /// <summary>Whether a call with this id holds a slot. Only the receiver may call it.</summary>
    public bool Contains(ulong id)
    {
        int index = SlotOf(id);
        return (uint)index < (uint)_used && At(index).Generation == GenerationOf(id) && !At(index).Answered;
    }

    /// <summary>Finds a call that is not answered yet. Only the receiver may call it.</summary>
    /// <param name="id">The call id.</param>
    /// <param name="call">The call; null when it was abandoned.</param>
    /// <returns>False when there is no such call.</returns>
    public bool TryFind(ulong id, out PendingCall? call)
    {
        call = null;
        if (!Contains(id)) return false;
        call = Volatile.Read(ref At(SlotOf(id)).Call);
        return true;
    }

    /// <summary>What has arrived of a large reply, or of a large item before it. Only the receiver may use it.</summary>
    public ref Reassembly? PartialOf(ulong id) => ref At(SlotOf(id)).Partial;

    /// <summary>Gives back what has arrived of replies that will not be complete. Only the receiver may call it, as its last act.</summary>
    public void DropPartialReplies()
    {
        for (int index = 0; index < _used; index++)
        {
            ref Reassembly? partial = ref At(index).Partial;
            partial?.Release();
            partial = null;
        }
    }

    /// <summary>The call was completed without a reply: it leaves the table, and its slot stays taken until the reply.</summary>
    public void Abandon(ulong id, PendingCall call) => Interlocked.CompareExchange(ref At(SlotOf(id)).Call, null, call);

    /// <summary>Claims every call whose deadline has passed, from any thread.</summary>
    /// <param name="now">The engine's coarse clock.</param>
    public List<PendingCall>? ClaimExpired(long now) => ClaimWhere(call => call.Deadline <= now);

    /// <summary>Claims every call, because the connection is lost. The output must be closed, so that no more are made.</summary>
    public List<PendingCall>? ClaimAll() => ClaimWhere(static _ => true);

    internal List<PendingCall>? ClaimWhere(Func<PendingCall, bool> condition)
    {
        List<PendingCall>? claimed = null;
        int used = Volatile.Read(ref _used);
        for (int index = 0; index < used; index++)
        {
            // The slot may pass to another call at any moment, or to another use of the same pooled object: the condition and the use
            // belong together only if the generation did not change while both were read.
            ref Slot slot = ref At(index);
            uint generation = Volatile.Read(ref slot.Generation);
            PendingCall? call = Volatile.Read(ref slot.Call);
            if (call is null || !condition(call)) continue;
            long use = Volatile.Read(ref slot.Use);
            if (Volatile.Read(ref slot.Generation) != generation || !call.TryClaim(use)) continue;
            Abandon(call.Id, call);
            (claimed ??= []).Add(call);
        }

        return claimed;
    }

    private ref Slot At(int index) => ref _chunks[index / ChunkSize]![index % ChunkSize];

    private struct Slot
    {
        public PendingCall? Call;
        public long Use;
        public uint Generation;
        public bool Answered;
        public Reassembly? Partial;
    }
}
