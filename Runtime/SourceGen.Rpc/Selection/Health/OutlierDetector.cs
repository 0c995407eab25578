using System.Diagnostics;

namespace SourceGen.Rpc.Selection.Health;

/// <summary>
/// Finds the nodes whose calls fail more often, or take longer, than those of the others: whose figure lies more than so many standard
/// deviations from the mean of all. Envoy's success rate detection
/// (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier#success-rate), and the same on mean times.
/// </summary>
internal static class OutlierDetector
{
    /// <summary>How many times the mean a node's time must be, whatever the deviation: nodes that are all alike deviate by nothing much.</summary>
    private const double LeastSlowness = 2;

    /// <summary>Finds outliers.</summary>
    /// <param name="nodes">What calls of the interval said of each node of a service.</param>
    /// <param name="options">What makes an outlier.</param>
    /// <returns>For each node why it is one, or null.</returns>
    public static (EjectionReason Reason, string Detail)?[] Find(ReadOnlySpan<CallTotals> nodes, EjectionOptions options)
    {
        (EjectionReason, string)?[] found = new (EjectionReason, string)?[nodes.Length];
        if (options.SuccessRateFactor > 0)
        {
            (int count, double mean, double deviation) = Measure(nodes, options.MinCalls, static node => node.Calls, static node => node.SuccessRate);
            double limit = Math.Min(mean - (options.SuccessRateFactor * deviation), mean - options.SuccessRateMargin);
            for (int i = 0; i < nodes.Length && count >= options.MinNodes; i++)
            {
                if (nodes[i].Calls < options.MinCalls || nodes[i].SuccessRate >= limit) continue;
                found[i] = (EjectionReason.SuccessRate, FormattableString.Invariant(
                    $"{nodes[i].SuccessRate:P1} of {nodes[i].Calls:N0} calls succeeded, and {mean:P1} of those to all nodes"));
            }
        }

        if (options.LatencyFactor > 0)
        {
            (int count, double mean, double deviation) = Measure(nodes, options.MinCalls, static node => node.Successes, static node => node.MeanElapsed);
            double limit = Math.Max(mean + (options.LatencyFactor * deviation), mean * LeastSlowness);
            for (int i = 0; i < nodes.Length && count >= options.MinNodes; i++)
            {
                if (found[i] is not null || nodes[i].Successes < options.MinCalls || nodes[i].MeanElapsed <= limit) continue;
                found[i] = (EjectionReason.Latency, FormattableString.Invariant(
                    $"its {nodes[i].Successes:N0} calls took {ToMilliseconds(nodes[i].MeanElapsed):0.###} ms each, and those to all nodes {ToMilliseconds(mean):0.###} ms"));
            }
        }

        return found;
    }

    private static double ToMilliseconds(double ticks) => ticks * 1000 / Stopwatch.Frequency;

    /// <summary>How many nodes can be compared, their mean, and their (population's) standard deviation.</summary>
    private static (int Count, double Mean, double Deviation) Measure(
        ReadOnlySpan<CallTotals> nodes, int minCalls, Func<CallTotals, long> calls, Func<CallTotals, double> figure)
    {
        int count = 0;
        double sum = 0;
        foreach (CallTotals node in nodes)
        {
            if (calls(node) < minCalls) continue;
            count++;
            sum += figure(node);
        }

        if (count == 0) return default;
        double mean = sum / count;
        double squares = 0;
        foreach (CallTotals node in nodes)
        {
            if (calls(node) >= minCalls) squares += (figure(node) - mean) * (figure(node) - mean);
        }

        return (count, mean, Math.Sqrt(squares / count));
    }
}
