using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>
/// Every interleaving of a few threads over a few small batches. A thread may rest for ever long at each step, so each schedule in which
/// a helper finishes a batch while another thread rests is a rescue of that thread.
/// </summary>
public sealed class BatchOwnershipTests
{
    public static TheoryData<int[], int[]> Models => new()
    {
        { [1], [0] },
        { [2], [0, 0] },
        { [2, 1], [0] },
        { [2, 2], [0, 0] },
        { [2, 2], [0, 1] },
        { [3, 2], [0, 1] },
        { [1, 2, 1], [0, 1] },
        { [2, 1, 2], [0, 0] },
        { [2, 2, 2], [1, 0] },
        { [2, 1], [0, 0, 1] },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryInterleaving_RunsEachItemOnceAndHasOneReceiver(int[] batchSizes, int[] helpers)
    {
        Exploration exploration = Exploration.Run(() => new OwnershipModel(new RealOwnership(), batchSizes, helpers));
        Assert.Null(exploration.Violation);
        Assert.True(exploration.States > batchSizes.Sum() * 4, $"only {exploration.States} states were reached; the model does not run");
    }

    [Fact]
    public void ReadingTheItemAfterTheSwap_IsCaught()
    {
        Exploration exploration = Exploration.Run(() => new OwnershipModel(new ReadsItemAfterSwap(), [2, 2], [0]));
        Assert.NotNull(exploration.Violation);
        Assert.Contains("item", exploration.Violation, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadingTheEpochWhenTheThreadStarts_IsCaught()
    {
        Exploration exploration = Exploration.Run(() => new OwnershipModel(new ReadsEpochLate(), [1, 2], [0]));
        Assert.NotNull(exploration.Violation);
        Assert.Contains("sent for batch 0 ran item 1.", exploration.Violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_BeyondTheArray_KeepsEveryItemInOrder()
    {
        BatchOwnership ownership = new();
        ModelItem[] items = [.. Enumerable.Range(0, 1000).Select(index => new ModelItem(0, index))];
        foreach (ModelItem item in items) ownership.Add(item);
        uint epoch = ownership.Publish();
        foreach (ModelItem item in items)
        {
            Assert.Equal(BatchOwnership.Claim.Item, ownership.TryClaim(epoch, out BatchItem? claimed));
            Assert.Same(item, claimed);
        }

        Assert.Equal(BatchOwnership.Claim.Receiver, ownership.TryClaim(epoch, out _));
        Assert.Equal(BatchOwnership.Claim.Lost, ownership.TryClaim(epoch, out _));
        Assert.Equal(0, ownership.Count);
    }

    [Fact]
    public void IsRunning_FromPublishToTheLastClaim_ForItsEpochOnly()
    {
        BatchOwnership ownership = new();
        Assert.False(ownership.IsRunning(0));
        ownership.Add(new ModelItem(0, 0));
        uint epoch = ownership.Publish();
        Assert.True(ownership.IsRunning(epoch));
        Assert.False(ownership.IsRunning(epoch - 1));
        ownership.TryClaim(epoch, out _);
        Assert.True(ownership.IsRunning(epoch)); // Its item still runs: what it writes is corked.
        ownership.TryClaim(epoch, out _);
        Assert.False(ownership.IsRunning(epoch));
    }
}
