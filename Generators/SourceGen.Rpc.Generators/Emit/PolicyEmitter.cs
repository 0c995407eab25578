using System.Globalization;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints call policies: what differs from the strategy's defaults.</summary>
internal static class PolicyEmitter
{
    private const string Space = "global::SourceGen.Rpc.";

    /// <summary>The expression that makes the policy.</summary>
    public static string Print(RpcCallPolicy policy)
    {
        RpcCallPolicy defaults = new() { Strategy = policy.Strategy };
        List<string> members = [];
        if (policy.Strategy != CallStrategy.Failover) members.Add($"Strategy = {Space}CallStrategy.{policy.Strategy}");
        if (policy.Retries != defaults.Retries) members.Add(Invariant($"Retries = {policy.Retries}"));
        if (policy.Forks != defaults.Forks) members.Add(Invariant($"Forks = {policy.Forks}"));
        if (policy.Backoff != defaults.Backoff) members.Add($"Backoff = {Print(policy.Backoff)}");
        if (policy.AttemptTimeout is { } timeout) members.Add($"AttemptTimeout = {Print(timeout)}");
        if (policy.RetryOn != defaults.RetryOn) members.Add($"RetryOn = {Print(policy.RetryOn)}");
        if (policy.RetryCodes.Count > 0)
            members.Add($"RetryCodes = [{string.Join(", ", policy.RetryCodes.Select(static code => $"{Space}RpcStatusCode.{code}"))}]");
        if (policy.Hedge is { } hedge) members.Add($"Hedge = {Print(hedge)}");
        return members.Count == 0 ? $"{Space}RpcCallPolicy.Default" : $"new {Space}RpcCallPolicy {{ {string.Join(", ", members)} }}";
    }

    private static string Print(BackoffPolicy backoff) =>
        $"new {Space}BackoffPolicy {{ Initial = {Print(backoff.Initial)}, Max = {Print(backoff.Max)} }}";

    private static string Print(RetryConditions conditions) => conditions == RetryConditions.None
        ? $"{Space}RetryConditions.None"
        : string.Join(" | ", conditions.ToString().Split([", "], StringSplitOptions.None).Select(static name => $"{Space}RetryConditions.{name}"));

    private static string Print(HedgePolicy hedge) => hedge.Delay is { } delay
        ? Invariant($"{Space}HedgePolicy.After({Print(delay)}, {hedge.MaxHedges})")
        : Invariant($"{Space}HedgePolicy.AtPercentile({hedge.Percentile!.Value:R}d, {Print(hedge.MinDelay)}, {hedge.MaxHedges})");

    private static string Print(TimeSpan time) => Invariant($"global::System.TimeSpan.FromMilliseconds({time.TotalMilliseconds:R}d)");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
