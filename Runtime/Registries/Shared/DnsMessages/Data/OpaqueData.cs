using System.Collections.Immutable;

namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>What is not taken apart: records of other types, and the options of OPT (RFC 3597; RFC 6891, 6.1.2).</summary>
internal sealed record OpaqueData(DnsRecordType Type, ImmutableArray<byte> Bytes) : DnsRecordData(Type)
{
    public bool Equals(OpaqueData? other) =>
        ReferenceEquals(this, other) || (other is not null && Type == other.Type && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Type, Bytes.Length);

    internal override void Write(DnsMessageWriter writer) => writer.Write(Bytes.AsSpan());
}
