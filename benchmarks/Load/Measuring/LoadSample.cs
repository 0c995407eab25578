namespace SourceGen.Rpc.Load;

/// <summary>What the client side saw in one turn.</summary>
/// <param name="Calls">Calls answered, those in flight at the end included: what costs are divided by.</param>
/// <param name="CallsInTime">Calls answered within <paramref name="Elapsed"/>: what the rate counts.</param>
/// <param name="Elapsed">From the first call to the moment when callers were told to stop.</param>
/// <param name="Latencies">In <see cref="System.Diagnostics.Stopwatch"/> ticks.</param>
internal sealed record LoadSample(long Calls, long CallsInTime, TimeSpan Elapsed, LatencyHistogram Latencies);
