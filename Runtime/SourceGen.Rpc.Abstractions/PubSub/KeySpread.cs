namespace SourceGen.Rpc.PubSub;

/// <summary>Spreads keys over a few places, so that one key always has the same.</summary>
internal static class KeySpread
{
    /// <summary>The place of a key. Keys need not be hashes: those that users number themselves are spread, too (Knuth's multiplicative hashing).</summary>
    public static int Place(ulong key, int places) => (int)((key * 0x9E37_79B9_7F4A_7C15 >> 32) * (uint)places >> 32);
}
