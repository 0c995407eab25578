namespace SourceGen.Rpc.Load;

/// <summary>What one round of one contender gave. Times are in microseconds.</summary>
internal sealed record Measurement
{
    /// <summary>Calls answered, those in flight at the end included.</summary>
    public required long Calls { get; init; }

    public required double CallsPerSecond { get; init; }

    public required double P50 { get; init; }

    public required double P99 { get; init; }

    public required double P999 { get; init; }

    public required double Max { get; init; }

    /// <summary>How many calls the latencies come from.</summary>
    public required long TimedCalls { get; init; }

    public required double ClientBytesPerCall { get; init; }

    public required double ServerBytesPerCall { get; init; }

    public required double ClientCpuPerCall { get; init; }

    public required double ServerCpuPerCall { get; init; }
}
