using System.Collections.Concurrent;

namespace SourceGen.Rpc.Policies;

/// <summary>The accounts of one service: one for each kind of budget that its methods' policies have, so that equal ones are shared.</summary>
internal sealed class RetryBudgets(TimeProvider time)
{
    private readonly ConcurrentDictionary<RetryBudgetPolicy, RetryBudget> _budgets = new();
    private volatile Entry? _last;

    /// <summary>Gets the account of a policy; null when it has no limit. No allocation after the first time.</summary>
    public RetryBudget? Get(RetryBudgetPolicy? policy)
    {
        if (policy is null) return null;
        Entry? last = _last;
        if (ReferenceEquals(last?.Policy, policy)) return last!.Budget;
        RetryBudget budget = _budgets.GetOrAdd(policy, static (policy, time) => new RetryBudget(policy, time), time);
        _last ??= new Entry(policy, budget);
        return budget;
    }

    private sealed record Entry(RetryBudgetPolicy Policy, RetryBudget Budget);
}
