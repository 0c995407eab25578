namespace SourceGen.Rpc.Load;

/// <summary>The baseline and the RPC, measured right after each other.</summary>
/// <param name="Baseline">The baseline's figures; null when the RPC ran alone.</param>
/// <param name="Rpc">The RPC's; null when the baseline ran alone.</param>
internal sealed record Round(Measurement? Baseline, Measurement? Rpc);

/// <summary>All rounds of one workload.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="BaselineName">What the baseline's figures are listed under; null when the RPC ran alone.</param>
/// <param name="RpcName">What the RPC's figures are listed under; null when the baseline ran alone.</param>
/// <param name="Rounds">At least one.</param>
internal sealed record WorkloadResult(Workload Workload, string? BaselineName, string? RpcName, IReadOnlyList<Round> Rounds)
{
    public Spread Baseline(Figure figure) => Spread.Of(Rounds.Select(r => r.Baseline is null ? double.NaN : figure.Get(r.Baseline)));

    public Spread Rpc(Figure figure) => Spread.Of(Rounds.Select(r => r.Rpc is null ? double.NaN : figure.Get(r.Rpc)));

    /// <summary>The RPC's figure divided by the baseline's of the same round. NaN for a figure that has none.</summary>
    public Spread Ratio(Figure figure) =>
        Spread.Of(Rounds.Select(r => r is { Rpc: { } rpc, Baseline: { } baseline }
            ? figure.Ratio(figure.Get(rpc), figure.Get(baseline))
            : double.NaN));

    /// <summary>The workload's targets and whether they are reached; none unless both ran.</summary>
    public IEnumerable<(Target Target, bool IsMet)> Targets => RpcName is null || BaselineName is null
        ? []
        : Workload.Targets.Select(t => (t, t.IsMet(Rpc(t.Figure).Median, Ratio(t.Figure).Median)));
}
