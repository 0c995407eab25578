namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>What balancers that are created by name are given. The default value suits programs; tests give a seed and a time.</summary>
public sealed record BalancerOptions
{
    /// <summary>Makes random picks the same in each run. Default: null, for chance.</summary>
    public int? Seed { get; init; }

    /// <summary>The time that calls are ended by. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The client's zone, for <see cref="Balancers.LocalityAware"/>. Default: empty, for one that is not known.</summary>
    public string Zone { get; init; } = "";
}
