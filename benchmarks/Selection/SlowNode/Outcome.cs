namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>How the calls of a simulation went.</summary>
/// <param name="Balancer">The balancer's name.</param>
/// <param name="P50">The median of the latency, in seconds. Calls that were given up count with the deadline.</param>
/// <param name="P99">The latency, in seconds, that one call in a hundred exceeds.</param>
/// <param name="P999">The latency, in seconds, that one call in a thousand exceeds.</param>
/// <param name="GivenUp">The part of the calls that were given up.</param>
/// <param name="SlowShare">The part of the calls that went to the slow node.</param>
public sealed record Outcome(string Balancer, double P50, double P99, double P999, double GivenUp, double SlowShare)
{
    /// <summary>Sums calls up.</summary>
    /// <param name="balancer">The balancer's name.</param>
    /// <param name="latencies">The calls' latencies in seconds. They are sorted.</param>
    /// <param name="deadline">When calls were given up.</param>
    /// <param name="slowCalls">How many went to the slow node.</param>
    public static Outcome Of(string balancer, double[] latencies, double deadline, int slowCalls)
    {
        Array.Sort(latencies);
        double At(double part) => latencies[(int)Math.Ceiling(part * latencies.Length) - 1];
        int givenUp = latencies.Count(latency => latency >= deadline);
        double calls = latencies.Length;
        return new Outcome(balancer, At(0.5), At(0.99), At(0.999), givenUp / calls, slowCalls / calls);
    }
}
