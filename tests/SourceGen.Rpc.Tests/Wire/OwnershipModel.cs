namespace SourceGen.Rpc.Tests.Wire;

/// <summary>
/// A receiver that fills batches, and threads that come to help with one of them: sent to share its work, or to rescue it.
/// </summary>
internal sealed class OwnershipModel
{
    private readonly int[] _sizes;
    private readonly ModelItem[][] _items;
    private readonly uint?[] _epochs;
    private readonly ModelThread[] _threads;
    private bool _receiving = true;

    public OwnershipModel(IModelOwnership ownership, int[] batchSizes, int[] helpers)
    {
        Ownership = ownership;
        _sizes = batchSizes;
        _items = [.. batchSizes.Select((size, batch) => Enumerable.Range(0, size).Select(index => new ModelItem(batch, index)).ToArray())];
        _epochs = new uint?[batchSizes.Length];
        _threads = [new ModelThread(this, helpsWith: -1), .. helpers.Select(batch => new ModelThread(this, batch))];
    }

    public IModelOwnership Ownership { get; }

    public int BatchCount => _sizes.Length;

    public int NextBatch => _epochs.Count(epoch => epoch is not null);

    /// <summary>What went wrong so far; null when nothing did.</summary>
    public string? Violation { get; private set; }

    /// <summary>Identifies the state: two schedules that reach the same one go on alike.</summary>
    public string State =>
        $"{Ownership.Word}|{string.Join('|', _threads.Select(thread => thread.State))}|{string.Join(',', _items.SelectMany(batch => batch).Select(item => item.Runs))}|{_receiving}";

    public int SizeOf(int batch) => _sizes[batch];

    public ModelItem Item(int batch, int index) => _items[batch][index];

    public bool IsPublished(int batch) => _epochs[batch] is not null;

    public uint EpochOf(int batch) => _epochs[batch]!.Value;

    public IEnumerable<int> ThreadsThatCanStep() => Enumerable.Range(0, _threads.Length).Where(index => _threads[index].CanStep);

    public void Step(int thread) => _threads[thread].Step();

    public uint Publish(int batch)
    {
        // The role ends with the swap, not after it.
        _receiving = false;
        uint epoch = Ownership.Publish();
        _epochs[batch] = epoch;
        return epoch;
    }

    public void Run(ModelItem item, int batchOfThread)
    {
        item.Run();
        if (item.Runs > 1) Violation ??= $"item {item.Name} ran twice";
        if (item.Batch != batchOfThread) Violation ??= $"a thread that was sent for batch {batchOfThread} ran item {item.Name}";
    }

    public void BecomeReceiver()
    {
        if (_receiving) Violation ??= "two threads are the receiver";
        _receiving = true;
    }

    /// <summary>To be asked when no thread can step any more.</summary>
    public string? FindWhatIsMissing()
    {
        if (!_receiving) return "nobody is the receiver";
        return _items.SelectMany(batch => batch).FirstOrDefault(item => item.Runs == 0) is { } item
            ? $"item {item.Name} did not run"
            : null;
    }
}
