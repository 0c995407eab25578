namespace SourceGen.Rpc.Server.Overload;

/// <summary>
/// Decides how many calls run at once, from how much slower they have become. It has neither a clock nor a lock: whoever closes a window of
/// measurements tells it what was measured.
/// </summary>
/// <remarks>
/// After TCP Vegas (Brakmo and Peterson, "TCP Vegas: New Techniques for Congestion Detection and Avoidance", SIGCOMM 1994), which Netflix's
/// concurrency-limits (VegasLimit) brought to calls: of L calls that run, L * (1 - unloaded / measured time) wait for each other; the limit
/// rises while these are few and falls while they are many. Three things differ. The two thresholds are shares of the limit and not numbers
/// of calls, because a few calls in a queue double the time of a server with two processors and do nothing to one that runs hundreds. A limit
/// that is too high falls at once to what the measurement suggests, as a gradient does (Envoy's adaptive concurrency filter), and not in
/// steps. And the unloaded time is no minimum, which a few lucky calls would set for good: <see cref="AdaptiveLimiter"/> measures it, now and
/// then under half of the limit, as Envoy's filter and TCP BBR do. Netflix's Gradient2 has no unloaded time but a long average, which grows
/// with an overload that lasts: in the simulation of benchmarks/Selection calls then take up to twenty times as long.
/// </remarks>
/// <param name="min">The limit never falls below this.</param>
/// <param name="max">The limit never rises above this.</param>
/// <param name="initial">What it begins with.</param>
/// <param name="tolerance">The share of the time that calls may wait for each other.</param>
internal sealed class VegasLimit(double min, double max, double initial, double tolerance)
{
    /// <summary>No single measurement takes away more than half.</summary>
    private const double SteepestFall = 0.5;

    private bool _doubles = true;

    /// <summary>How many calls may run at once.</summary>
    public double Limit { get; private set; } = Math.Clamp(initial, min, max);

    /// <summary>A window of measurements is over.</summary>
    /// <param name="slowdown">How much longer calls took than they would without load: 1 for as long.</param>
    /// <param name="peak">The most calls that ran at once meanwhile.</param>
    public void Update(double slowdown, int peak)
    {
        double waiting = 1 - (1 / Math.Max(1, slowdown));
        if (waiting > tolerance)
        {
            _doubles = false;
            double fall = Math.Max(SteepestFall, (1 - waiting) / (1 - tolerance));
            Limit = Math.Max(min, Limit * fall);
        }
        else if (waiting < tolerance / 2 && peak >= (int)Limit)
        {
            // Only a limit that was reached is known to be too low.
            double step = _doubles ? Limit : Math.Max(0.5, Limit * 0.05);
            Limit = Math.Min(max, Limit + step);
        }
    }
}
