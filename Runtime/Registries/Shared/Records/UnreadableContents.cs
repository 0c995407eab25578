using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>
/// What was found unreadable before, so that it is logged once and not whenever it is read again. Thread safe and bounded.
/// </summary>
internal sealed class UnreadableContents
{
    private const int MaxCount = 1_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Remembers a content.</summary>
    /// <param name="key">What the store calls it.</param>
    /// <param name="content">What stands there.</param>
    /// <returns>Whether it was not known.</returns>
    public bool Add(string key, ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(key));
        hash.AppendData([0]);
        hash.AppendData(content);
        string digest = Convert.ToHexString(hash.GetHashAndReset());
        lock (_lock)
        {
            // Somebody who writes ever new garbage gets a line more, and no memory.
            if (_seen.Count >= MaxCount) _seen.Clear();
            return _seen.Add(digest);
        }
    }
}
