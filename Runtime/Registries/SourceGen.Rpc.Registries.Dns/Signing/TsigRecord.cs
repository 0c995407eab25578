using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>The record that signs a message (RFC 8945, 4.2).</summary>
/// <param name="Start">Where it begins in its message; what is before it is signed.</param>
/// <param name="KeyName">The key's name.</param>
/// <param name="Algorithm">The algorithm's name.</param>
/// <param name="TimeSigned">When it was signed, in seconds since 1970.</param>
/// <param name="Fudge">By how many seconds the clocks may differ.</param>
/// <param name="Mac">The message authentication code; empty in answers that are not signed.</param>
/// <param name="OriginalId">The message's id when it was signed, which a forwarder may have replaced.</param>
/// <param name="Error">What the server says of the query's signature.</param>
/// <param name="Other">For <see cref="TsigError.BadTime"/> the server's time, otherwise nothing.</param>
internal sealed record TsigRecord(
    int Start,
    DomainName KeyName,
    DomainName Algorithm,
    long TimeSigned,
    ushort Fudge,
    ImmutableArray<byte> Mac,
    ushort OriginalId,
    TsigError Error,
    ImmutableArray<byte> Other)
{
    /// <summary>The bytes of a time.</summary>
    public const int TimeLength = 6;

    /// <summary>Finds the record in a message: the last one, behind which nothing is.</summary>
    /// <param name="message">A message that anybody may have sent.</param>
    /// <param name="record">The record, or null.</param>
    /// <param name="error">Why there is none, or null.</param>
    public static bool TryFind(
        ReadOnlySpan<byte> message, [NotNullWhen(true)] out TsigRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        DnsMessageReader reader = new(message);
        if (!reader.TryReadHeader(out DnsMessageReader.Header header))
        {
            error = reader.Error;
            return false;
        }

        for (int i = 0; i < header.Questions; i++)
        {
            if (reader.TryReadQuestion(out _)) continue;
            error = reader.Error;
            return false;
        }

        // The counts may lie: reading ends where the message does.
        int records = header.Answers + header.Authorities + header.Additionals;
        int start = 0;
        DnsRecord? last = null;
        for (int i = 0; i < records; i++)
        {
            start = reader.Position;
            if (!reader.TryReadRecord(out last))
            {
                error = reader.Error;
                return false;
            }

            if (last.Type != DnsRecordType.Tsig || (i == records - 1 && header.Additionals > 0)) continue;
            error = "a record Tsig is not its last one";
            return false;
        }

        if (last is not { Type: DnsRecordType.Tsig })
        {
            error = "it is not signed";
            return false;
        }

        error = reader.Position != message.Length ? "there are bytes behind its record Tsig"
            : last.Class != DnsRecord.AnyClass || last.TimeToLive != 0 ? "its record Tsig has a wrong class or time to live"
            : (record = Read(start, last.Name, ((OpaqueData)last.Data).Bytes.AsSpan())) is null ? "its record Tsig is malformed"
            : null;
        return error is null;
    }

    /// <summary>Writes the data that a query has: no error, and nothing else said.</summary>
    public static byte[] WriteData(DomainName algorithm, long time, ushort fudge, ReadOnlySpan<byte> mac, ushort originalId)
    {
        byte[] data = new byte[algorithm.Wire.Length + TimeLength + 2 + 2 + mac.Length + 2 + 2 + 2];
        algorithm.Wire.CopyTo(data);
        Span<byte> rest = data.AsSpan(algorithm.Wire.Length);
        WriteTime(rest, time);
        BinaryPrimitives.WriteUInt16BigEndian(rest[6..], fudge);
        BinaryPrimitives.WriteUInt16BigEndian(rest[8..], (ushort)mac.Length);
        mac.CopyTo(rest[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(rest[(10 + mac.Length)..], originalId);
        return data;
    }

    /// <summary>Writes seconds since 1970 into 48 bits.</summary>
    public static void WriteTime(Span<byte> destination, long time)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(time >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)time);
    }

    /// <summary>Reads seconds since 1970 from 48 bits.</summary>
    public static long ReadTime(ReadOnlySpan<byte> source) =>
        ((long)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]);

    private static TsigRecord? Read(int start, DomainName name, ReadOnlySpan<byte> data)
    {
        int nameLength = LengthOfName(data);
        if (nameLength == 0) return null;
        ReadOnlySpan<byte> rest = data[nameLength..];
        if (rest.Length < 16) return null;
        int macLength = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
        if (rest.Length - 16 < macLength) return null;
        ReadOnlySpan<byte> behind = rest[(10 + macLength)..];
        int otherLength = BinaryPrimitives.ReadUInt16BigEndian(behind[4..]);
        if (behind.Length - 6 != otherLength) return null;
        return new TsigRecord(
            start,
            name,
            DomainName.FromCheckedWire(data[..nameLength]),
            ReadTime(rest),
            BinaryPrimitives.ReadUInt16BigEndian(rest[6..]),
            [.. rest.Slice(10, macLength)],
            BinaryPrimitives.ReadUInt16BigEndian(behind),
            (TsigError)BinaryPrimitives.ReadUInt16BigEndian(behind[2..]),
            [.. behind[6..]]);
    }

    /// <summary>The length of the name that data begins with, which must not be compressed; 0 when there is none.</summary>
    private static int LengthOfName(ReadOnlySpan<byte> data)
    {
        for (int at = 0; at < data.Length && at < DomainName.MaxLength; at += data[at] + 1)
        {
            if (data[at] == 0) return at + 1;
            if (data[at] > DomainName.MaxLabelLength) return 0;
        }

        return 0;
    }
}
