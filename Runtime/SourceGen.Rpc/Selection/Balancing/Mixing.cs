namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>Turns a number into one of which every bit depends on all bits of the first; no two numbers into the same.</summary>
/// <remarks>
/// SplitMix64's finalizer: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. Stable for ever.
/// </remarks>
internal static class Mixing
{
    /// <summary>What SplitMix64 adds to its state at each step: 2^64 divided by the golden ratio, made odd.</summary>
    public const ulong GoldenStep = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Mixes the bits of a number.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ value >> 27) * 0x94D0_49BB_1331_11EB;
        return value ^ value >> 31;
    }
}
