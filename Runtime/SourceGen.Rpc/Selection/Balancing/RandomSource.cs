namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Random numbers for picks (SplitMix64). Without a seed each thread has a state of its own and threads do not disturb each other; with one
/// all share one state, and the numbers are the same in each run.
/// </summary>
internal sealed class RandomSource
{
    [ThreadStatic]
    private static ulong t_state;

    private readonly bool _isSeeded;
    private ulong _state;

    /// <summary>Creates a source.</summary>
    /// <param name="seed">What determines the numbers; null when nothing is to.</param>
    public RandomSource(int? seed)
    {
        _isSeeded = seed.HasValue;
        _state = Mixing.Mix((ulong)seed.GetValueOrDefault());
    }

    /// <summary>A random number, of which all bits are random.</summary>
    public ulong Next()
    {
        if (_isSeeded) return Mixing.Mix(Interlocked.Add(ref _state, Mixing.GoldenStep));
        ulong state = t_state;
        if (state == 0) state = (ulong)Random.Shared.NextInt64();
        return Mixing.Mix(t_state = state + Mixing.GoldenStep);
    }

    /// <summary>Another random number for the same pick, without asking the source again.</summary>
    public static ulong After(ulong random) => Mixing.Mix(random + Mixing.GoldenStep);

    /// <summary>A random number from 0 to less than 1.</summary>
    public static double Part(ulong random) => (random >> 11) * (1.0 / (1UL << 53));

    /// <summary>A random number from 0 to less than a limit, from the upper half of one of 64 bits.</summary>
    public static int Below(int limit, ulong random) => (int)((random >> 32) * (uint)limit >> 32);
}
