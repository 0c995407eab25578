using System.Collections.Immutable;

namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>Texts of at most 255 bytes each (RFC 1035, 3.3.14).</summary>
internal sealed record TxtData : DnsRecordData
{
    /// <summary>Creates the data.</summary>
    /// <param name="texts">The texts. None is the same as one that is empty (RFC 6763, 6.1).</param>
    /// <exception cref="ArgumentException">One has more than 255 bytes.</exception>
    public TxtData(ImmutableArray<ReadOnlyMemory<byte>> texts)
        : base(DnsRecordType.Txt)
    {
        if (texts.Any(static text => text.Length > byte.MaxValue))
        {
            throw new ArgumentException("A text has at most 255 bytes.", nameof(texts));
        }
        Texts = texts.IsEmpty ? [ReadOnlyMemory<byte>.Empty] : texts;
    }

    /// <summary>At least one.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Texts { get; }

    public bool Equals(TxtData? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Texts.Length != other.Texts.Length) return false;
        for (int i = 0; i < Texts.Length; i++)
        {
            if (!Texts[i].Span.SequenceEqual(other.Texts[i].Span)) return false;
        }

        return true;
    }

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (ReadOnlyMemory<byte> text in Texts) hash.AddBytes(text.Span);
        return hash.ToHashCode();
    }

    internal override void Write(DnsMessageWriter writer)
    {
        foreach (ReadOnlyMemory<byte> text in Texts)
        {
            writer.Write([(byte)text.Length]);
            writer.Write(text.Span);
        }
    }
}
