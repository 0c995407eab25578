using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Decides, without a lock, which thread of a connection runs the next item of a batch and which one receives the next batch.
/// </summary>
/// <remarks>
/// <para>
/// The whole state is one 64-bit word, <c>epoch &lt;&lt; 32 | index</c>. The thread that holds <see cref="ReceivingIndex"/> is the
/// receiver: it alone fills the batch. <see cref="Publish"/> raises the epoch and sets the index to 0; from then on any number of
/// threads that know the epoch claim items by compare-and-swap, and the one whose swap moves an exhausted index to
/// <see cref="ReceivingIndex"/> is the next receiver. So the role can be taken over from a thread that is stuck in an item simply by
/// sending another thread to claim with the same epoch: the stuck one finds out when it claims again.
/// </para>
/// <para>
/// Two rules make it safe. The epoch travels with the work, it is never read by the thread that starts late: a late thread then
/// loses every swap. And an item is read before the swap that claims it: after the swap the array may already hold the next batch,
/// before it a stale read is discarded because the swap fails.
/// </para>
/// </remarks>
internal sealed class BatchOwnership
{
    /// <summary>The index that stands for "a receiver owns the batch".</summary>
    public const uint ReceivingIndex = uint.MaxValue;

    private PaddedWord _state = new() { Word = Pack(0, ReceivingIndex) };
    private Entry[] _items = new Entry[64];
    private int _count;

    /// <summary>What a claim came to.</summary>
    public enum Claim
    {
        /// <summary>The item is this thread's to run.</summary>
        Item,

        /// <summary>Every item is claimed, and this thread is the receiver now.</summary>
        Receiver,

        /// <summary>Others own the connection; this thread has nothing more to do with it.</summary>
        Lost,
    }

    /// <summary>The current word, to compare with an earlier one.</summary>
    public long Word => Volatile.Read(ref _state.Word);

    /// <summary>Items in the batch. Only the receiver may ask.</summary>
    public int Count => _count;

    public static uint EpochOf(long word) => (uint)((ulong)word >> 32);

    public static uint IndexOf(long word) => (uint)word;

    /// <summary>Whether the batch of this epoch still has threads running it, rather than a receiver.</summary>
    public bool IsRunning(uint epoch)
    {
        long word = Volatile.Read(ref _state.Word);
        return EpochOf(word) == epoch && IndexOf(word) != ReceivingIndex;
    }

    /// <summary>Adds an item to the batch being filled. Only the receiver may call it.</summary>
    public void Add(BatchItem item)
    {
        if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
        _items[_count++].Item = item;
    }

    /// <summary>Gives the batch to whoever claims. Only the receiver may call it, and it is the receiver no longer.</summary>
    /// <returns>The batch's epoch, which every claim must name.</returns>
    public uint Publish()
    {
        uint epoch = EpochOf(_state.Word) + 1;
        Volatile.Write(ref _state.Word, Pack(epoch, 0));
        return epoch;
    }

    /// <summary>Claims the next item of the batch, or the receiver's role when there is none.</summary>
    public Claim TryClaim(uint epoch, out BatchItem? item)
    {
        while (Observe(epoch, out Observation observation))
        {
            if (!Commit(observation)) continue;
            item = observation.Item;
            return item is null ? Claim.Receiver : Claim.Item;
        }

        item = null;
        return Claim.Lost;
    }

    /// <summary>The first half of a claim: reads the word, then the item it points at.</summary>
    /// <returns>False when the batch of this epoch is over.</returns>
    internal bool Observe(uint epoch, out Observation observation)
    {
        long word = Volatile.Read(ref _state.Word);
        uint index = IndexOf(word);
        if (EpochOf(word) != epoch || index == ReceivingIndex)
        {
            observation = default;
            return false;
        }

        // The count and the item may belong to a later batch by now; then the swap of the second half fails.
        Entry[] items = _items;
        observation = index < (uint)_count && index < (uint)items.Length
            ? new Observation(word, Pack(epoch, index + 1), items[index].Item)
            : new Observation(word, Pack(epoch, ReceivingIndex), item: null);
        return true;
    }

    /// <summary>The second half of a claim: makes it, unless another thread was faster.</summary>
    internal bool Commit(in Observation observation)
    {
        if (Interlocked.CompareExchange(ref _state.Word, observation.After, observation.Before) != observation.Before) return false;
        if (observation.Item is null) _count = 0; // The receiver starts an empty batch.
        return true;
    }

    private static long Pack(uint epoch, uint index) => (long)(((ulong)epoch << 32) | index);

    /// <summary>What a thread saw when it began to claim.</summary>
    internal readonly struct Observation(long before, long after, BatchItem? item)
    {
        public long Before { get; } = before;

        public long After { get; } = after;

        public BatchItem? Item { get; } = item;
    }

    /// <summary>Stores into an array of structs are not checked for its element type, as those into an array of references are.</summary>
    private struct Entry
    {
        public BatchItem? Item;
    }

    /// <summary>The contended word on cache lines of its own, away from the fields that the receiver writes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct PaddedWord
    {
        [FieldOffset(128)]
        public long Word;
    }
}
