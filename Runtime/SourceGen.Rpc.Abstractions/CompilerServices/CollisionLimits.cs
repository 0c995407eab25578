namespace SourceGen.Rpc.CompilerServices;

/// <summary>How much work colliding keys may make.</summary>
internal static class CollisionLimits
{
    /// <summary>How many comparisons of different keys an entry may cost, on average over its collection.</summary>
    internal const int ComparisonsPerEntry = 64;

    /// <summary>The size up to which keys that all collide stay within that: n keys make n(n - 1) / 2 comparisons.</summary>
    internal const int MaxUnguarded = 2 * ComparisonsPerEntry;
}
