namespace SourceGen.Rpc;

/// <summary>
/// A case of a union that this side's contract does not list, kept as it was read so that it can be written again. What makes one is the
/// reader; see <see cref="UnionFallbackAttribute"/>.
/// </summary>
public sealed class UnknownCase : IEquatable<UnknownCase>
{
    private readonly byte[] _content;

    internal UnknownCase(int tag, byte[] content)
    {
        Tag = tag;
        _content = content;
    }

    /// <summary>The tag of the case.</summary>
    public int Tag { get; }

    internal ReadOnlySpan<byte> Content => _content;

    /// <summary>Whether the other is the same case with the same bytes.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(UnknownCase? other) => other is not null && Tag == other.Tag && Content.SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UnknownCase);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Tag);
        hash.AddBytes(_content);
        return hash.ToHashCode();
    }

    /// <summary>The tag and the size, for logs.</summary>
    public override string ToString() => $"case {Tag}, {_content.Length} bytes";
}
