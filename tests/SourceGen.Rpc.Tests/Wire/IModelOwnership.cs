using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>What the explorer drives: <see cref="BatchOwnership"/> itself, or a variant that is broken on purpose.</summary>
internal interface IModelOwnership
{
    /// <summary>The shared word, which is part of the state that was reached.</summary>
    long Word { get; }

    void Add(BatchItem item);

    uint Publish();

    /// <summary>The epoch that a thread claims with which was sent to help with the batch of <paramref name="sent"/>.</summary>
    uint EpochOfLateThread(uint sent);

    /// <summary>The first step of a claim.</summary>
    bool Observe(uint epoch, out BatchOwnership.Observation observation);

    /// <summary>The second step.</summary>
    bool Commit(in BatchOwnership.Observation observation);

    /// <summary>The third step, after a successful one: which item was claimed; null for the receiver's role.</summary>
    BatchItem? Take(in BatchOwnership.Observation observation);
}

/// <summary>The real one.</summary>
internal class RealOwnership : IModelOwnership
{
    private readonly BatchOwnership _ownership = new();

    public long Word => _ownership.Word;

    public virtual void Add(BatchItem item) => _ownership.Add(item);

    public uint Publish() => _ownership.Publish();

    public virtual uint EpochOfLateThread(uint sent) => sent;

    public bool Observe(uint epoch, out BatchOwnership.Observation observation) => _ownership.Observe(epoch, out observation);

    public virtual bool Commit(in BatchOwnership.Observation observation) => _ownership.Commit(observation);

    public virtual BatchItem? Take(in BatchOwnership.Observation observation) => observation.Item;
}

/// <summary>Broken: reads the item after the swap, when the array may hold the next batch.</summary>
internal sealed class ReadsItemAfterSwap : RealOwnership
{
    private readonly List<BatchItem> _items = [];
    private bool _startOver;

    public override void Add(BatchItem item)
    {
        if (_startOver) _items.Clear();
        _startOver = false;
        _items.Add(item);
        base.Add(item);
    }

    public override bool Commit(in BatchOwnership.Observation observation)
    {
        bool won = base.Commit(observation);
        if (won && observation.Item is null) _startOver = true;
        return won;
    }

    public override BatchItem? Take(in BatchOwnership.Observation observation)
    {
        int index = (int)BatchOwnership.IndexOf(observation.Before);
        return observation.Item is null ? null : index < _items.Count ? _items[index] : observation.Item;
    }
}

/// <summary>Broken: a thread that starts late reads the current epoch instead of bringing the one it was sent for.</summary>
internal sealed class ReadsEpochLate : RealOwnership
{
    public override uint EpochOfLateThread(uint sent) => BatchOwnership.EpochOf(Word);
}
