namespace SourceGen.Rpc.Wire;

/// <summary>
/// Free items of one type, in a list per thread: what a continuation returns, the same thread's next call usually takes. When calls
/// are made on other threads than they complete on, whole lists move through a shared, bounded stack.
/// </summary>
/// <remarks>
/// There is one pool for each type of item, for ever. The lists of all pools hang on one thread-static array, because a thread-static
/// field of a generic type costs several times as much to find.
/// </remarks>
internal sealed class ItemPool
{
    private const int LocalSize = 64;
    private const int MaxSharedLists = 256;

    private static int s_pools;

    [ThreadStatic]
    private static LocalList[]? t_lists;

    private readonly int _index = Interlocked.Increment(ref s_pools) - 1;
    private readonly Lock _gate = new();
    private readonly Stack<BatchItem> _shared = new();

    /// <summary>Takes a free item.</summary>
    /// <returns>Null when there is none.</returns>
    public BatchItem? Rent()
    {
        ref LocalList local = ref Local();
        BatchItem? item = local.Head;
        if (item is null)
        {
            if (_shared.Count == 0) return null; // A stale answer only costs an allocation.
            lock (_gate)
            {
                if (!_shared.TryPop(out item)) return null;
            }

            local.Count = LocalSize;
        }

        local.Head = item.NextFree;
        local.Count--;
        item.NextFree = null;
        return item;
    }

    /// <summary>Takes an item back. The caller has cleared it, and nobody else refers to it.</summary>
    public void Return(BatchItem item)
    {
        ref LocalList local = ref Local();
        if (local.Count >= LocalSize)
        {
            lock (_gate)
            {
                if (_shared.Count < MaxSharedLists) _shared.Push(local.Head!);
            }

            local.Head = null;
            local.Count = 0;
        }

        item.NextFree = local.Head;
        local.Head = item;
        local.Count++;
    }

    private ref LocalList Local()
    {
        LocalList[]? lists = t_lists;
        if (lists is null || _index >= lists.Length) lists = GrowLists();
        return ref lists[_index];
    }

    private LocalList[] GrowLists()
    {
        Array.Resize(ref t_lists, Math.Max(_index + 1, s_pools));
        return t_lists;
    }

    private struct LocalList
    {
        public BatchItem? Head;
        public int Count;
    }
}
