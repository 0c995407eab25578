using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

public sealed class LogBudgetTests
{
    [Fact]
    public void Each_period_grants_its_lines_and_the_next_one_tells_once_how_many_it_did_not()
    {
        LogBudget budget = new(lines: 2, periodMs: 100);
        Assert.Equal([(true, 0), (true, 0), (false, 0), (false, 0)], Take(budget, 1000, 1000, 1050, 1099));
        Assert.Equal([(true, 2), (true, 0), (false, 0)], Take(budget, 1100, 1100, 1199));
        Assert.Equal([(true, 1), (true, 0)], Take(budget, 5000, 5001));
        Assert.Equal([(true, 0)], Take(budget, 6000));
    }

    [Fact]
    public void What_was_not_told_of_in_the_end_is_told_once()
    {
        LogBudget budget = new(lines: 1, periodMs: 100);
        Take(budget, 0, 1, 2);
        Assert.Equal(2, budget.TakeSuppressed());
        Assert.Equal(0, budget.TakeSuppressed());
        Assert.Equal([(true, 0)], Take(budget, 100));
    }

    private static (bool, long)[] Take(LogBudget budget, params long[] times) =>
        [.. times.Select(now => (budget.TryTake(now, out long suppressed), suppressed))];
}
