namespace SourceGen.Rpc.Selection;

/// <summary>
/// A moving average of latencies that rises at once and falls slowly: a call that took longer than the average becomes the average, a
/// shorter one draws it down by as much as time has passed. Estimate and moment share one word, so that both change together without a
/// lock.
/// </summary>
/// <remarks>
/// Twitter Finagle's <c>PeakEwma</c> (finagle-core, <c>com.twitter.finagle.loadbalancer.PeakEwma</c>), with its decay time of ten seconds.
/// At most one call in 64 microseconds draws the average down; every one can raise it.
/// </remarks>
internal struct PeakLatency
{
    private const float DecayTime = 10 * CoarseTime.Second;

    /// <summary>The estimate's bits, then the moment; 0 before anything was measured.</summary>
    private ulong _word;

    /// <summary>The average as the last call left it, in the unit of what was observed; 0 when nothing was.</summary>
    public readonly float Estimate => EstimateIn(Volatile.Read(in _word));

    /// <summary>The average as it is now that some time has passed without a call: it goes towards 0.</summary>
    public readonly float EstimateAt(uint moment)
    {
        ulong word = Volatile.Read(in _word);
        return EstimateIn(word) * Decay(CoarseTime.Between((uint)word, moment));
    }

    /// <summary>Takes a measurement in.</summary>
    /// <param name="latency">It, above 0.</param>
    /// <param name="moment">When the call ended.</param>
    /// <param name="raisesOnly">
    /// Whether it counts only if it is longer than the average, as that of a call that failed: that it failed early makes no node fast.
    /// </param>
    public void Observe(float latency, uint moment, bool raisesOnly)
    {
        ulong seen = Volatile.Read(in _word);
        while (true)
        {
            ulong next = Next(seen, latency, moment, raisesOnly);
            if (next == seen) return;
            ulong found = Interlocked.CompareExchange(ref _word, next, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    private static ulong Next(ulong word, float latency, uint moment, bool raisesOnly)
    {
        if (word == 0) return raisesOnly ? 0 : Pack(latency, moment);
        float estimate = EstimateIn(word);
        int age = CoarseTime.Between((uint)word, moment);
        if (latency >= estimate) return Pack(latency, age > 0 ? moment : (uint)word);
        if (raisesOnly || age <= 0) return word;
        float kept = Decay(age);
        return Pack(estimate * kept + latency * (1 - kept), moment);
    }

    private static float Decay(int age) => age <= 0 ? 1 : MathF.Exp(-age / DecayTime);

    private static float EstimateIn(ulong word) => BitConverter.UInt32BitsToSingle((uint)(word >> 32));

    private static ulong Pack(float estimate, uint moment) => (ulong)BitConverter.SingleToUInt32Bits(estimate) << 32 | moment;
}
