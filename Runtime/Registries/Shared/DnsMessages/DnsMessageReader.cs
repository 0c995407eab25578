using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>
/// Reads the parts of a message in their order (RFC 1035, 4.1). Nothing that a message says is believed: lengths are checked against what
/// is there, and a name's pointers lead only backwards, so that each name ends (RFC 1035, 4.1.4: "a prior occurrence").
/// </summary>
internal ref struct DnsMessageReader
{
    private const int HeaderLength = 12;

    private readonly ReadOnlySpan<byte> _message;
    private int _position;

    public DnsMessageReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        _position = 0;
        Error = "";
    }

    /// <summary>Why the last part could not be read.</summary>
    public string Error { get; private set; }

    /// <summary>Where the next part begins.</summary>
    public readonly int Position => _position;

    public bool TryReadHeader(out Header header)
    {
        header = default;
        if (_message.Length < HeaderLength) return Fail($"it has {_message.Length} bytes, and a header has {HeaderLength}");
        header = new Header(UInt16At(0), new DnsFlags(UInt16At(2)), UInt16At(4), UInt16At(6), UInt16At(8), UInt16At(10));
        _position = HeaderLength;
        return true;
    }

    public bool TryReadQuestion([NotNullWhen(true)] out DnsQuestion? question)
    {
        question = null;
        if (!TryReadName(_message.Length, out DomainName? name)) return false;
        if (_message.Length - _position < 4) return Fail("it ends within a question");
        question = new DnsQuestion(name, (DnsRecordType)UInt16At(_position), UInt16At(_position + 2));
        _position += 4;
        return true;
    }

    public bool TryReadRecord([NotNullWhen(true)] out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(_message.Length, out DomainName? name)) return false;
        if (_message.Length - _position < 10) return Fail("it ends within a record");
        DnsRecordType type = (DnsRecordType)UInt16At(_position);
        ushort recordClass = UInt16At(_position + 2);
        uint timeToLive = BinaryPrimitives.ReadUInt32BigEndian(_message[(_position + 4)..]);
        int length = UInt16At(_position + 8);
        _position += 10;
        if (_message.Length - _position < length)
        {
            return Fail($"a record of {name} says {length} bytes where {_message.Length - _position} are left");
        }
        int end = _position + length;
        if (!TryReadData(type, end, out DnsRecordData? data)) return false;
        if (_position != end) return Fail($"a record {type} of {name} has another length than its content");

        // RFC 2181, 8: a time to live with the highest bit set counts as 0. In an OPT record these are flags, which nobody here reads.
        record = new DnsRecord(name, recordClass, timeToLive > int.MaxValue ? 0 : timeToLive, data);
        return true;
    }

    private bool TryReadData(DnsRecordType type, int end, [NotNullWhen(true)] out DnsRecordData? data)
    {
        int length = end - _position;
        data = null;
        switch (type)
        {
            case DnsRecordType.A or DnsRecordType.Aaaa:
                if (length != (type == DnsRecordType.A ? 4 : 16)) return Fail($"a record {type} has {length} bytes");
                data = new AddressData(new IPAddress(_message.Slice(_position, length)));
                _position = end;
                return true;
            case DnsRecordType.Ptr or DnsRecordType.Cname:
                if (!TryReadName(end, out DomainName? target)) return false;
                data = new NameData(type, target);
                return true;
            case DnsRecordType.Srv:
                return TryReadSrv(end, out data);
            case DnsRecordType.Txt:
                return TryReadTxt(end, out data);
            case DnsRecordType.Soa:
                return TryReadSoa(end, out data);
            case DnsRecordType.Nsec:
                return TryReadNsec(end, out data);
            default:
                data = new OpaqueData(type, [.. _message[_position..end]]);
                _position = end;
                return true;
        }
    }

    private bool TryReadSrv(int end, [NotNullWhen(true)] out DnsRecordData? data)
    {
        data = null;
        if (end - _position < 7) return Fail("a record Srv is too short");
        ushort priority = UInt16At(_position);
        ushort weight = UInt16At(_position + 2);
        ushort port = UInt16At(_position + 4);
        _position += 6;
        if (!TryReadName(end, out DomainName? target)) return false;
        data = new SrvData(priority, weight, port, target);
        return true;
    }

    private bool TryReadTxt(int end, out DnsRecordData data)
    {
        ImmutableArray<ReadOnlyMemory<byte>>.Builder texts = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        data = new TxtData([]);
        while (_position < end)
        {
            int length = _message[_position++];
            if (length > end - _position) return Fail($"a text says {length} bytes where {end - _position} are left");
            texts.Add(_message.Slice(_position, length).ToArray());
            _position += length;
        }

        data = new TxtData(texts.ToImmutable());
        return true;
    }

    private bool TryReadSoa(int end, [NotNullWhen(true)] out DnsRecordData? data)
    {
        data = null;
        if (!TryReadName(end, out DomainName? primary) || !TryReadName(end, out DomainName? mailbox)) return false;
        if (end - _position != 20) return Fail("a record Soa has another length than its content");
        data = new SoaData(
            primary,
            mailbox,
            UInt32At(_position),
            UInt32At(_position + 4),
            UInt32At(_position + 8),
            UInt32At(_position + 12),
            UInt32At(_position + 16));
        _position = end;
        return true;
    }

    /// <summary>RFC 4034, 4.1.2: blocks of a number, a length from 1 to 32, and a bit for each type, the highest one first.</summary>
    private bool TryReadNsec(int end, [NotNullWhen(true)] out DnsRecordData? data)
    {
        data = null;
        if (!TryReadName(end, out DomainName? next)) return false;
        ImmutableArray<DnsRecordType>.Builder types = ImmutableArray.CreateBuilder<DnsRecordType>();
        int previous = -1;
        while (_position < end)
        {
            if (end - _position < 2) return Fail("a record Nsec ends within a block");
            int block = _message[_position];
            int length = _message[_position + 1];
            _position += 2;
            if (block <= previous || length is 0 or > 32 || length > end - _position) return Fail("a record Nsec has a wrong block");
            previous = block;
            for (int bit = 0; bit < length * 8; bit++)
            {
                if ((_message[_position + (bit >> 3)] & (0x80 >> (bit & 7))) != 0) types.Add((DnsRecordType)((block << 8) | bit));
            }

            _position += length;
        }

        data = new NsecData(next, types.ToImmutable());
        return true;
    }

    /// <summary>Reads a name whose part in place ends before a limit; what it points to lies before it.</summary>
    private bool TryReadName(int limit, [NotNullWhen(true)] out DomainName? name)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        name = null;
        int written = 0;
        int at = _position;
        int start = at;
        int afterwards = -1;
        while (true)
        {
            if (at >= limit) return Fail("it ends within a name");
            int length = _message[at];
            if (length == 0)
            {
                wire[written++] = 0;
                _position = afterwards >= 0 ? afterwards : at + 1;
                name = DomainName.FromCheckedWire(wire[..written]);
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= limit) return Fail("it ends within a name");
                int target = ((length & 0x3F) << 8) | _message[at + 1];

                // Each pointer leads before the labels that it was found behind, so no chain of them comes back to where it was.
                if (target >= start || target < HeaderLength) return Fail($"a name at {at} points to {target}, which is not before it");
                if (afterwards < 0) afterwards = at + 2;
                at = start = target;
                limit = _message.Length;
                continue;
            }

            if (length > DomainName.MaxLabelLength) return Fail($"a label at {at} is of an unknown kind");
            if (length >= limit - at) return Fail("it ends within a name");

            // One more byte is needed for the root.
            if (written + length + 2 > DomainName.MaxLength)
            {
                return Fail($"a name at {_position} is longer than {DomainName.MaxLength} bytes");
            }
            _message.Slice(at, length + 1).CopyTo(wire[written..]);
            written += length + 1;
            at += length + 1;
        }
    }

    private readonly ushort UInt16At(int position) => BinaryPrimitives.ReadUInt16BigEndian(_message[position..]);

    private readonly uint UInt32At(int position) => BinaryPrimitives.ReadUInt32BigEndian(_message[position..]);

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }

    /// <summary>What a message begins with.</summary>
    internal readonly record struct Header(ushort Id, DnsFlags Flags, int Questions, int Answers, int Authorities, int Additionals);
}
