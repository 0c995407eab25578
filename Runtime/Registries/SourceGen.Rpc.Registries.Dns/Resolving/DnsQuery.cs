using System.Security.Cryptography;
using SourceGen.Rpc.Registries.Dns.Signing;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// A question on its way to a server, with an id that cannot be guessed (RFC 5452, 9.2), and signed where there is a key.
/// </summary>
internal sealed class DnsQuery
{
    /// <summary>
    /// The largest answer that is taken by UDP, in bytes: what passes any network of today without being fragmented, and what the operators
    /// of DNS agreed on in 2020.
    /// </summary>
    public const int UdpPayloadSize = 1232;

    public DnsQuery(DnsQuestion question, bool withEdns, TsigKey? key = null, TimeProvider? time = null)
    {
        Question = question;
        Span<byte> random = stackalloc byte[2];
        RandomNumberGenerator.Fill(random);
        Id = BitConverter.ToUInt16(random);
        DnsMessageWriter writer = new(512);
        writer.TryWrite(question);

        // RFC 6891, 6.1.2: the name is the root, the class the size.
        if (withEdns)
        {
            writer.TryWrite(
                DnsSection.Additional, new DnsRecord(DomainName.Root, UdpPayloadSize, 0, new OpaqueData(DnsRecordType.Opt, [])));
        }
        Bytes = writer.Finish(Id, DnsFlags.RecursiveQuery);
        if (key is null) return;
        Signature = TsigSignature.Sign(Bytes.Span, key, time ?? TimeProvider.System, out byte[] signed);
        Bytes = signed;
    }

    public ushort Id { get; }

    public DnsQuestion Question { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What the answer is verified by; null when neither is signed.</summary>
    public TsigSignature? Signature { get; }

    public override string ToString() => $"{Question.Name} {Question.Type.ToString().ToUpperInvariant()}";
}
