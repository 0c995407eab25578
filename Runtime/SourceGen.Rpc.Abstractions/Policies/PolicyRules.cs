namespace SourceGen.Rpc;

/// <summary>
/// Which policies fit which methods. The analyzer asks about contracts, the engine about options, so that what does not compile in a
/// contract cannot be said elsewhere either.
/// </summary>
internal static class PolicyRules
{
    /// <summary>Finds out whether calls of a method may be made as a policy says.</summary>
    /// <param name="policy">The policy, which is valid by itself.</param>
    /// <param name="method">The method.</param>
    /// <param name="reason">Why not, as the end of a sentence.</param>
    public static PolicyConflict Check(RpcCallPolicy policy, PolicySubject method, out string reason)
    {
        if (!method.IsIdempotent && WhyRunTwice(policy) is { } twice)
        {
            reason = twice;
            return PolicyConflict.NotIdempotent;
        }

        if (method.IsOneWay && WhatNeedsReply(policy) is { } reply)
        {
            reason = $"a one-way method has no reply, and {reply}";
            return PolicyConflict.OneWay;
        }

        if (method.HasStream && WhatExcludesStreams(policy) is { } stream)
        {
            reason = $"the method has a stream, and {stream}";
            return PolicyConflict.Stream;
        }

        if (method.NeedsResult && policy.Strategy is CallStrategy.Failsafe or CallStrategy.Failback)
        {
            reason = $"{policy.Strategy} gives the caller of a failed call the default value, and the method's result cannot be null";
            return PolicyConflict.Result;
        }

        reason = "";
        return PolicyConflict.None;
    }

    /// <summary>How a call may run more than once, although nobody knows that it did not run before; null when it cannot.</summary>
    private static string? WhyRunTwice(RpcCallPolicy policy)
    {
        if (policy.Strategy == CallStrategy.Forking) return $"Forking runs each call on {policy.Forks} servers at once";
        if (policy.Strategy == CallStrategy.Failback) return "Failback repeats calls that may have run";
        if (policy.Hedge is not null) return "hedging runs a slow call on another server too";
        if (policy.Retries == 0) return null;
        if (policy.HasRetryCodes) return $"RetryCodes repeats calls whose handlers ran and answered with {string.Join(" or ", policy.RetryCodes)}";
        return policy.AttemptTimeout is not null && (policy.RetryOn & RetryConditions.Timeout) != 0
            ? "AttemptTimeout repeats calls that may have run"
            : null;
    }

    private static string? WhatNeedsReply(RpcCallPolicy policy)
    {
        if (policy.Strategy == CallStrategy.Forking) return "Forking waits for the first success";
        if (policy.Hedge is not null) return "hedging waits for one";
        if (policy.AttemptTimeout is not null) return "AttemptTimeout is the time for one";
        return policy.HasRetryCodes ? "RetryCodes are those of one" : null;
    }

    private static string? WhatExcludesStreams(RpcCallPolicy policy)
    {
        if (policy.Strategy is CallStrategy.Forking or CallStrategy.Broadcast or CallStrategy.Failsafe or CallStrategy.Failback)
            return $"{policy.Strategy} is for calls without one";
        if (policy.Hedge is not null) return "hedging is for calls without one";
        if (policy.AttemptTimeout is not null) return "AttemptTimeout is for calls without one";
        return policy.HasRetryCodes ? "RetryCodes are for calls without one" : null;
    }
}
