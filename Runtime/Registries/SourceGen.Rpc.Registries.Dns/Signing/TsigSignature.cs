using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>
/// What a query was signed with, which its answer's signature covers too (RFC 8945, 4.3), so that no answer to another query passes.
/// Immutable.
/// </summary>
internal sealed class TsigSignature
{
    /// <summary>By how many seconds the clocks may differ: what RFC 8945, 10, recommends.</summary>
    private const ushort QueryFudge = 300;

    private const int HeaderLength = DnsMessageWriter.HeaderLength;
    private const int AdditionalsAt = 10;

    private readonly TsigKey _key;
    private readonly TimeProvider _time;
    private readonly byte[] _mac;

    private TsigSignature(TsigKey key, TimeProvider time, byte[] mac)
    {
        _key = key;
        _time = time;
        _mac = mac;
    }

    /// <summary>Signs a query.</summary>
    /// <param name="query">The query. It is not changed.</param>
    /// <param name="key">The key.</param>
    /// <param name="time">The clock, which must be that of the servers but for five minutes.</param>
    /// <param name="signed">The query with its signature.</param>
    /// <returns>What its answer is verified by.</returns>
    public static TsigSignature Sign(ReadOnlySpan<byte> query, TsigKey key, TimeProvider time, out byte[] signed)
    {
        ushort id = BinaryPrimitives.ReadUInt16BigEndian(query);
        ushort additionals = BinaryPrimitives.ReadUInt16BigEndian(query[AdditionalsAt..]);
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        byte[] mac = ComputeMac(key, [], query, id, additionals, now, QueryFudge, TsigError.None, []);
        byte[] data = TsigRecord.WriteData(key.Algorithm.Name, now, QueryFudge, mac, id);

        // By hand, because a writer would compress the name, which not all servers read.
        ReadOnlySpan<byte> name = key.Name.Wire;
        signed = new byte[query.Length + name.Length + 10 + data.Length];
        query.CopyTo(signed);
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(AdditionalsAt), (ushort)(additionals + 1));
        Span<byte> rest = signed.AsSpan(query.Length);
        name.CopyTo(rest);
        rest = rest[name.Length..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)DnsRecordType.Tsig);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], DnsRecord.AnyClass);
        BinaryPrimitives.WriteUInt16BigEndian(rest[8..], (ushort)data.Length);
        data.CopyTo(rest[10..]);
        return new TsigSignature(key, time, mac);
    }

    /// <summary>
    /// Verifies an answer, in the order of RFC 8945, 5.2: the key, the code, the time, and only then what the server says.
    /// </summary>
    /// <param name="answer">What anybody may have sent, with the query's id.</param>
    public TsigVerdict Verify(ReadOnlySpan<byte> answer)
    {
        if (!TsigRecord.TryFind(answer, out TsigRecord? record, out string? error)) return Reject(error);
        if (!record.KeyName.Equals(_key.Name)) return Reject($"it is signed with another key, {record.KeyName}");
        if (!record.Algorithm.Equals(_key.Algorithm.Name)) return Reject($"it is signed by another algorithm, {record.Algorithm}");
        DnsResponseCode code = new DnsFlags(BinaryPrimitives.ReadUInt16BigEndian(answer[2..])).ResponseCode;
        if (record.Mac.IsEmpty)
        {
            return code == DnsResponseCode.NotAuthorized && record.Error != TsigError.None
                ? new TsigVerdict("it is not signed", new TsigRefusal(Describe(record), IsKeyKnown: false, IsProven: false))
                : Reject("it is not signed");
        }

        if (record.Mac.Length < _key.Algorithm.MinLength || record.Mac.Length > _key.Algorithm.Length)
        {
            return Reject(
                $"its signature has {record.Mac.Length} bytes, and must have from {_key.Algorithm.MinLength} to {_key.Algorithm.Length}");
        }

        if (!IsMacOf(answer, record)) return Reject("its signature is wrong");

        // With BADTIME a server repeats the query's time, and says its own beside it (RFC 8945, 5.2.3).
        long difference = record.TimeSigned - _time.GetUtcNow().ToUnixTimeSeconds();
        if (Math.Abs(difference) > record.Fudge && record.Error != TsigError.BadTime)
        {
            return Reject(string.Create(
                CultureInfo.InvariantCulture,
                $"it was signed {Math.Abs(difference)} s {(difference < 0 ? "ago" : "from now")}, and at most {record.Fudge} s are "
                + $"possible"));
        }

        return record.Error != TsigError.None
            ? new TsigVerdict(null, new TsigRefusal(Describe(record), IsKeyKnown: false, IsProven: true))
            : code == DnsResponseCode.NotAuthorized
                ? new TsigVerdict(null, new TsigRefusal("NOTAUTH: the key has no right to ask this", IsKeyKnown: true, IsProven: true))
                : default;
    }

    private bool IsMacOf(ReadOnlySpan<byte> answer, TsigRecord record)
    {
        ushort additionals = BinaryPrimitives.ReadUInt16BigEndian(answer[AdditionalsAt..]);
        byte[] mac = ComputeMac(
            _key,
            _mac,
            answer[..record.Start],
            record.OriginalId,
            (ushort)(additionals - 1),
            record.TimeSigned,
            record.Fudge,
            record.Error,
            record.Other.AsSpan());
        return CryptographicOperations.FixedTimeEquals(mac.AsSpan(0, record.Mac.Length), record.Mac.AsSpan());
    }

    /// <summary>RFC 8945, 4.3: the query's code, the message as it was before it was signed, and the variables of the signature.</summary>
    private static byte[] ComputeMac(
        TsigKey key,
        ReadOnlySpan<byte> queryMac,
        ReadOnlySpan<byte> message,
        ushort id,
        ushort additionals,
        long time,
        ushort fudge,
        TsigError error,
        ReadOnlySpan<byte> other)
    {
        using IncrementalHash hash = key.CreateHash();
        Span<byte> number = stackalloc byte[TsigRecord.TimeLength];
        if (!queryMac.IsEmpty)
        {
            Append(hash, number, (ushort)queryMac.Length);
            hash.AppendData(queryMac);
        }

        Append(hash, number, id);
        hash.AppendData(message[2..AdditionalsAt]);
        Append(hash, number, additionals);
        hash.AppendData(message[HeaderLength..]);

        // Names in lower case and without compression, whatever the message has.
        hash.AppendData(key.Name.Wire);
        Append(hash, number, DnsRecord.AnyClass);
        Append(hash, number, 0);
        Append(hash, number, 0);
        hash.AppendData(key.Algorithm.Name.Wire);
        TsigRecord.WriteTime(number, time);
        hash.AppendData(number);
        Append(hash, number, fudge);
        Append(hash, number, (ushort)error);
        Append(hash, number, (ushort)other.Length);
        hash.AppendData(other);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, Span<byte> buffer, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, value);
        hash.AppendData(buffer[..2]);
    }

    private static TsigVerdict Reject(string problem) => new(problem, null);

    private string Describe(TsigRecord record) => record.Error switch
    {
        TsigError.BadKey => $"BADKEY: it does not know the key {_key.Name} with {_key.Algorithm.Name}, or not for this question",
        TsigError.BadSignature => $"BADSIG: its secret of the key {_key.Name} is another one",
        TsigError.BadTime => DescribeTime(record),
        TsigError.BadTruncation => "BADTRUNC: the signature is too short for it",
        _ => string.Create(CultureInfo.InvariantCulture, $"TSIG error {(int)record.Error}"),
    };

    private static string DescribeTime(TsigRecord record)
    {
        if (record.Other.Length != TsigRecord.TimeLength) return "BADTIME: its clock is another one";
        long ahead = TsigRecord.ReadTime(record.Other.AsSpan()) - record.TimeSigned;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"BADTIME: its clock is {Math.Abs(ahead)} s {(ahead < 0 ? "behind" : "ahead of")} this one; set both");
    }
}
