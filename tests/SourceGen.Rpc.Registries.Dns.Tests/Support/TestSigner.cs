using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Tests.Support;

/// <summary>
/// Signs answers as a server does (RFC 8945, 4.3), and wrongly. It has nothing from the code under test but the reading of messages, so
/// that both cannot be wrong in the same way.
/// </summary>
internal sealed class TestSigner
{
    public const string KeyName = "key.example";

    private static readonly byte[] s_keyName = Encoding.ASCII.GetBytes("\u0003key\u0007example\0");
    private static readonly byte[] s_algorithm = Encoding.ASCII.GetBytes("\u000bhmac-sha256\0");

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public string Secret => Convert.ToBase64String(_secret);

    /// <summary>How many bytes of the code are sent; more than there are repeat its beginning.</summary>
    public int MacLength { get; init; } = 32;

    /// <summary>When answers are signed, from when the query was.</summary>
    public long Delay { get; init; }

    public ushort Fudge { get; init; } = 300;

    public ushort Error { get; init; }

    public byte[] Other { get; init; } = [];

    /// <summary>When a query was signed, in seconds since 1970.</summary>
    public static long TimeOf(DnsMessage query)
    {
        ReadOnlySpan<byte> time = DataOf(query)[s_algorithm.Length..];
        return ((long)BinaryPrimitives.ReadUInt16BigEndian(time) << 32) | BinaryPrimitives.ReadUInt32BigEndian(time[2..]);
    }

    /// <summary>The answer with a signature.</summary>
    public byte[] Sign(DnsMessage query, byte[] answer)
    {
        byte[] queryMac = DataOf(query).Slice(s_algorithm.Length + 10, 32).ToArray();
        byte[] time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, TimeOf(query) + Delay);
        byte[] digested =
        [
            0, 32, .. queryMac,
            .. answer,
            .. s_keyName, 0, 255, 0, 0, 0, 0, .. s_algorithm, .. time[2..], .. Number(Fudge), .. Number(Error), .. Number(Other.Length),
            .. Other,
        ];
        byte[] mac = HMACSHA256.HashData(_secret, digested);
        byte[] sent = [.. mac.Concat(mac).Take(MacLength)];
        return Append(answer, [.. time[2..], .. Number(Fudge), .. Number(MacLength), .. sent, .. answer[..2]], Error, Other);
    }

    /// <summary>The answer with a record that is no signature, but an error, as servers send it that do not know the key.</summary>
    public static byte[] Refuse(DnsMessage query, byte[] answer, ushort error)
    {
        byte[] time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, TimeOf(query));
        return Append(answer, [.. time[2..], .. Number(300), 0, 0, .. answer[..2]], error, []);
    }

    private static byte[] Append(byte[] answer, byte[] middle, ushort error, byte[] other)
    {
        byte[] data = [.. s_algorithm, .. middle, .. Number(error), .. Number(other.Length), .. other];
        byte[] signed = [.. answer, .. s_keyName, 0, 250, 0, 255, 0, 0, 0, 0, .. Number(data.Length), .. data];
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(signed.AsSpan(10)) + 1));
        return signed;
    }

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];

    private static ReadOnlySpan<byte> DataOf(DnsMessage query) => ((OpaqueData)query.Additionals[^1].Data).Bytes.AsSpan();
}
