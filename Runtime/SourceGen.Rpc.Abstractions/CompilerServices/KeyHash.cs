using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// Hashes keys so that whoever does not know the seed cannot choose keys that collide: pair-multiply-shift (Thorup, "High Speed Hashing
/// for Integers and Strings", 3.6), then multiply-shift. Any two different keys, whatever they are, have the same hash with a
/// probability of 2^-26 at most. Mixing the result of GetHashCode would not do for wide keys: those that have the same one would keep it.
/// </summary>
/// <remarks>
/// The lowest 4 bits of a number stay as they are, and the others are hashed: 16 numbers in a row have 16 buckets in a row, which are
/// one cache line. Numbers that count up are the usual keys, and large dictionaries of them cost cache misses more than anything else.
/// </remarks>
internal static class KeyHash
{
    private const int RowBits = 4;

    private static readonly ulong _a = RandomWord() | 1;
    private static readonly ulong _b = RandomWord();
    private static readonly ulong _c = RandomWord();
    private static readonly ulong _d = RandomWord();
    private static readonly ulong _e = RandomWord();
    private static readonly ulong _f = RandomWord() | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of(uint key) => Row(Finish(unchecked((_a * (key >> RowBits)) + _e)), key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of(ulong key) => Row(Finish(unchecked(Pair(_a, _b, key >> RowBits) + _e)), (uint)key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of(UInt128 key) =>
        (int)Finish(unchecked(Pair(_a, _b, (ulong)key) + Pair(_c, _d, (ulong)(key >> 64)) + _e));

    private static int Row(uint hash, uint key) => (int)((hash << RowBits) | (key & ((1 << RowBits) - 1)));

    private static ulong Pair(ulong a, ulong b, ulong key) => unchecked((a + (uint)key) * (b + (key >> 32)));

    /// <summary>
    /// The second multiplication breaks up arithmetic progressions, which a linear hash modulo a prime can keep together.
    /// </summary>
    private static uint Finish(ulong value) => (uint)(unchecked((value ^ (value >> 32)) * _f) >> 32);

    /// <summary>
    /// A new GUID comes from the operating system's generator. RandomNumberGenerator would bring OpenSSL into programs that do not
    /// need it otherwise. The bits that are the same in every GUID stand at different places of its halves.
    /// </summary>
    private static ulong RandomWord()
    {
        UInt128 bits = Unsafe.BitCast<Guid, UInt128>(Guid.NewGuid());
        return (ulong)bits ^ (ulong)(bits >> 64);
    }
}
