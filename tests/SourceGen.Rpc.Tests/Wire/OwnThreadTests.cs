using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

public sealed class OwnThreadTests
{
    private readonly ThreadBudget _budget = new(2);

    [Fact]
    public void AConnectionThatIsNotBusy_GetsNone()
    {
        OwnThread thread = new(_budget);
        for (int i = 0; i < 1000; i++) thread.Note(OwnThread.BusyBatch - 1);
        Assert.False(thread.TryTake());
        for (int i = 0; i < OwnThread.AskFrom - 1; i++) thread.Note(OwnThread.BusyBatch);
        Assert.False(thread.TryTake());
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void ABusyConnection_GetsOneAndLosesItWhenItIsIdle()
    {
        OwnThread thread = Busy();
        Assert.True(thread.TryTake());
        Assert.True(thread.TryTake());
        Assert.Equal(1, _budget.Taken);
        Assert.False(thread.IsIdle);
        for (int i = 0; i < OwnThread.Most; i++) thread.Note(1);
        Assert.True(thread.IsIdle);
        thread.GiveBack();
        thread.GiveBack();
        Assert.Equal(0, _budget.Taken);
        Assert.False(thread.TryTake());
    }

    [Fact]
    public void MoreBusyConnectionsThanTheBudgetHas_WaitUntilOneIsGivenBack()
    {
        OwnThread first = Busy(), second = Busy(), third = Busy();
        Assert.True(first.TryTake());
        Assert.True(second.TryTake());
        Assert.False(third.TryTake());
        Assert.Equal(2, _budget.Taken);
        first.GiveBack();

        // It was refused, so it asks again only after as many busy batches.
        Assert.False(third.TryTake());
        for (int i = 0; i < OwnThread.AskFrom; i++) third.Note(OwnThread.BusyBatch);
        Assert.True(third.TryTake());
        Assert.Equal(2, _budget.Taken);
    }

    private OwnThread Busy()
    {
        OwnThread thread = new(_budget);
        for (int i = 0; i < OwnThread.AskFrom; i++) thread.Note(OwnThread.BusyBatch);
        return thread;
    }
}
