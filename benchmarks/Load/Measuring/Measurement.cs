using System.Diagnostics;

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

    /// <summary>Puts together what both processes saw.</summary>
    /// <param name="sample">The callers' view.</param>
    /// <param name="client">What the client process used up during the round.</param>
    /// <param name="server">What the server process used up during the round.</param>
    public static Measurement From(LoadSample sample, ProcessCounters client, ProcessCounters server)
    {
        double microsecondsPerTick = 1e6 / Stopwatch.Frequency;
        LatencyHistogram latencies = sample.Latencies;
        return new Measurement
        {
            Calls = sample.Calls,
            CallsPerSecond = sample.CallsInTime / sample.Elapsed.TotalSeconds,
            P50 = latencies.Percentile(50) * microsecondsPerTick,
            P99 = latencies.Percentile(99) * microsecondsPerTick,
            P999 = latencies.Percentile(99.9) * microsecondsPerTick,
            Max = latencies.Max * microsecondsPerTick,
            TimedCalls = latencies.Count,
            ClientBytesPerCall = (double)client.AllocatedBytes / sample.Calls,
            ServerBytesPerCall = (double)server.AllocatedBytes / sample.Calls,
            ClientCpuPerCall = client.CpuMicroseconds / sample.Calls,
            ServerCpuPerCall = server.CpuMicroseconds / sample.Calls,
        };
    }
}
