namespace SourceGen.Rpc.Policies;

/// <summary>
/// Tells from an error whether its call may be made again: what was never sent, or was refused before it ran, always; what may have run only
/// if the method is idempotent.
/// </summary>
internal static class RetryRules
{
    /// <summary>What is done about an attempt that failed while the caller waits.</summary>
    /// <param name="policy">The call's policy.</param>
    /// <param name="error">How the attempt failed.</param>
    /// <param name="isIdempotent">Whether the method is.</param>
    /// <param name="hasUpload">Whether the call sends a stream, which can be read only once.</param>
    /// <param name="isAttemptTimeout">
    /// Whether it was <see cref="RpcCallPolicy.AttemptTimeout"/> that ended the attempt; the call's own limit ends the call.
    /// </param>
    public static RetryDecision Decide(
        RpcCallPolicy policy, RpcException error, bool isIdempotent, bool hasUpload = false, bool isAttemptTimeout = false)
    {
        RetryConditions on = policy.RetryOn;
        switch (error.Progress)
        {
            case RpcCallProgress.NotSent:
                if (error.Code == RpcStatusCode.Unavailable) return If(on, RetryConditions.Unavailable, RetryDecision.AtOnce);
                return error.Code == RpcStatusCode.ResourceExhausted
                    ? If(on, RetryConditions.Overload, RetryDecision.AfterBackoff)
                    : RetryDecision.No;

            case RpcCallProgress.Refused:
                if (hasUpload) return RetryDecision.No; // Something of the stream may have been read already.
                if (error.Code == RpcStatusCode.Unavailable) return If(on, RetryConditions.Unavailable, RetryDecision.AtOnce);
                return error.Code == RpcStatusCode.ResourceExhausted
                    ? If(on, RetryConditions.Overload, RetryDecision.AfterBackoff)
                    : RetryDecision.No;

            case RpcCallProgress.Unknown:
                if (!isIdempotent || hasUpload) return RetryDecision.No;
                if (error.Code == RpcStatusCode.Unavailable) return If(on, RetryConditions.Lost, RetryDecision.AfterBackoff);
                return error.Code == RpcStatusCode.DeadlineExceeded && isAttemptTimeout
                    ? If(on, RetryConditions.Timeout, RetryDecision.AfterBackoff)
                    : RetryDecision.No;

            default:
                return isIdempotent && !hasUpload && policy.RetriesAnswer(error.Code) ? RetryDecision.AfterBackoff : RetryDecision.No;
        }
    }

    /// <summary>
    /// Whether a call that failed is repeated in the background (<see cref="CallStrategy.Failback"/>), where it has new time: as above, and
    /// also when its own time had passed.
    /// </summary>
    /// <param name="policy">The call's policy.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="isIdempotent">Whether the method is.</param>
    public static bool RepeatsInBackground(RpcCallPolicy policy, RpcException error, bool isIdempotent)
    {
        if (error.Code == RpcStatusCode.DeadlineExceeded && error.Progress is RpcCallProgress.NotSent)
            return (policy.RetryOn & RetryConditions.Unavailable) != 0;
        return Decide(policy, error, isIdempotent, isAttemptTimeout: true) != RetryDecision.No;
    }

    private static RetryDecision If(RetryConditions all, RetryConditions asked, RetryDecision decision) =>
        (all & asked) != 0 ? decision : RetryDecision.No;
}
