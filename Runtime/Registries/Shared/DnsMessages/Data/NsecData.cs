using System.Collections.Immutable;

namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>Which types a name has, and so which it has not (RFC 4034, 4.1).</summary>
/// <param name="Next">In mDNS the name itself (RFC 6762, 6.1).</param>
/// <param name="Types">In ascending order.</param>
internal sealed record NsecData(DomainName Next, ImmutableArray<DnsRecordType> Types) : DnsRecordData(DnsRecordType.Nsec)
{
    public bool Equals(NsecData? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Next.Equals(other.Next) && Types.AsSpan().SequenceEqual(other.Types.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Next, Types.Length);

    internal override void Write(DnsMessageWriter writer)
    {
        writer.WriteName(Next);
        Span<byte> bits = stackalloc byte[32];
        foreach (IGrouping<int, DnsRecordType> block in Types.GroupBy(static type => (int)type >> 8).OrderBy(static block => block.Key))
        {
            bits.Clear();
            int length = 0;
            foreach (DnsRecordType type in block)
            {
                int bit = (int)type & 0xFF;
                bits[bit >> 3] |= (byte)(0x80 >> (bit & 7));
                length = Math.Max(length, (bit >> 3) + 1);
            }

            writer.Write([(byte)block.Key, (byte)length]);
            writer.Write(bits[..length]);
        }
    }
}
