namespace SourceGen.Rpc.Wire;

/// <summary>
/// What the current thread is doing for a connection. Frames it writes to that connection meanwhile are corked: sent together, by
/// the flush that ends the batch.
/// </summary>
internal struct DrainScope
{
    [ThreadStatic]
    private static DrainScope t_current;

    private BatchOwnership? _ownership;
    private uint _epoch;
    private bool _receiving;
    private BatchItem? _item;

    /// <summary>What the current thread runs at the moment; null when it runs no items.</summary>
    public static BatchItem? Item => t_current._item;

    /// <summary>The current thread runs something else for a while.</summary>
    /// <param name="item">What it runs; null for what is no item.</param>
    /// <returns>What it ran, to be put back.</returns>
    public static BatchItem? ReplaceItem(BatchItem? item)
    {
        ref DrainScope current = ref t_current;
        BatchItem? replaced = current._item;
        if (replaced != item) current._item = item;
        return replaced;
    }

    /// <summary>The current thread begins to run items of a batch.</summary>
    /// <returns>The thread's scope, to tell it each item: finding it again for each would take time.</returns>
    public static ref DrainScope BeginBatch(BatchOwnership ownership, uint epoch)
    {
        ref DrainScope current = ref t_current;
        current._ownership = ownership;
        current._epoch = epoch;
        current._receiving = false;
        return ref current;
    }

    /// <summary>The current thread, being the receiver, begins to decode.</summary>
    public static void BeginReceive(BatchOwnership ownership)
    {
        ref DrainScope current = ref t_current;
        current._ownership = ownership;
        current._receiving = true;
    }

    /// <summary>The current thread does nothing for a connection any more.</summary>
    public static void End()
    {
        ref DrainScope current = ref t_current;
        current._ownership = null;
        current._item = null;
    }

    /// <summary>The thread runs this item from now on.</summary>
    public void Enter(BatchItem item) => _item = item;

    /// <summary>
    /// Whether a frame written now will be flushed by this thread's, or its successor's, end of the batch. Ask while holding the
    /// output's lock: the thread that ends a batch first changes the ownership word and then takes the lock to flush, so a frame
    /// that was written while the batch was running is always in that flush.
    /// </summary>
    public static bool Corks(BatchOwnership ownership)
    {
        ref DrainScope current = ref t_current;
        return current._ownership == ownership && (current._receiving || ownership.IsRunning(current._epoch));
    }
}
