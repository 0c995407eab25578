namespace SourceGen.Rpc.MessagePack;

/// <summary>
/// A table of the strings read last, of fixed size, without a lock: each hash has one place, and whoever finds another string there
/// replaces it. The hash is seeded by the runtime, so a peer cannot aim at the places of others; and if it fills the table with
/// garbage, strings are made as without it.
/// </summary>
internal static class StringPool
{
    /// <summary>
    /// The longest string that is kept, in bytes of UTF-8. With <see cref="Size"/> it bounds the table's memory to 300 KB.
    /// </summary>
    public const int MaxLength = 64;

    private const int Size = 2048;

    private static readonly string?[] Entries = new string?[Size];

    public static string Get(ReadOnlySpan<char> text)
    {
        // A reference is written at once or not at all, and a string never changes: what another thread left here is whole.
        ref string? place = ref Entries[string.GetHashCode(text) & (Size - 1)];
        string? found = Volatile.Read(ref place);
        if (found is not null && text.SequenceEqual(found)) return found;
        string made = new(text);
        Volatile.Write(ref place, made);
        return made;
    }
}
