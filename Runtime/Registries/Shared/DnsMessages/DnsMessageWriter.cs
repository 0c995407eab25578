using System.Buffers.Binary;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>
/// Writes a message into a bounded space, its parts in their order, with names compressed (RFC 1035, 4.1.4). What does not fit leaves no
/// trace.
/// </summary>
internal sealed class DnsMessageWriter
{
    /// <summary>What a message begins with, in bytes.</summary>
    public const int HeaderLength = 12;

    // A pointer has 14 bits.
    private const int LastPointerTarget = 0x3FFF;

    private readonly byte[] _buffer;
    private readonly Dictionary<DomainName, int>? _names;
    private readonly int[] _counts = new int[4];
    private int _length;
    private bool _isFull;

    /// <summary>Creates a writer of a message.</summary>
    /// <param name="capacity">The most bytes.</param>
    public DnsMessageWriter(int capacity)
        : this(capacity, HeaderLength, [])
    {
    }

    private DnsMessageWriter(int capacity, int start, Dictionary<DomainName, int>? names)
    {
        _buffer = new byte[capacity];
        _length = start;
        _names = names;
    }

    /// <summary>The bytes written so far.</summary>
    public int Length => _length;

    public int QuestionCount => _counts[0];

    /// <summary>The records of all sections.</summary>
    public int RecordCount => _counts[1] + _counts[2] + _counts[3];

    /// <summary>A record's data alone, without compression: what records are compared by (RFC 6762, 8.2).</summary>
    public static byte[] ToWire(DnsRecordData data)
    {
        DnsMessageWriter writer = new(ushort.MaxValue, 0, names: null);
        data.Write(writer);
        return writer._isFull
            ? throw new ArgumentException($"The data of a record {data.Type} has more than {ushort.MaxValue} bytes.", nameof(data))
            : writer._buffer[..writer._length];
    }

    /// <summary>Adds a question; false when it does not fit.</summary>
    public bool TryWrite(DnsQuestion question)
    {
        int start = Begin(section: 0);
        WriteName(question.Name);
        WriteUInt16((ushort)question.Type);
        WriteUInt16(question.Class);
        return End(start, section: 0);
    }

    /// <summary>Adds a record; false when it does not fit.</summary>
    public bool TryWrite(DnsSection section, DnsRecord record)
    {
        int start = Begin((int)section);
        WriteName(record.Name);
        WriteUInt16((ushort)record.Type);
        WriteUInt16(record.Class);
        WriteUInt32(record.TimeToLive);
        int lengthAt = _length;
        WriteUInt16(0);
        record.Data.Write(this);
        int length = _length - lengthAt - 2;
        if (length > ushort.MaxValue) _isFull = true;
        if (!_isFull) BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(lengthAt), (ushort)length);
        return End(start, (int)section);
    }

    /// <summary>The whole message.</summary>
    public ReadOnlyMemory<byte> Finish(ushort id, DnsFlags flags)
    {
        Span<byte> header = _buffer;
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], flags.Value);
        for (int i = 0; i < _counts.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(header[(4 + (2 * i))..], (ushort)_counts[i]);
        return _buffer.AsMemory(0, _length);
    }

    internal void WriteName(DomainName name)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            if (_names is not null && _names.TryGetValue(name, out int known))
            {
                WriteUInt16((ushort)(0xC000 | known));
                return;
            }

            if (_names is not null && _length <= LastPointerTarget) _names.Add(name, _length);
            Write(name.Wire[..(name.Wire[0] + 1)]);
        }

        Write([0]);
    }

    internal void WriteUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Write(bytes);
    }

    internal void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Write(bytes);
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (_isFull || bytes.Length > _buffer.Length - _length)
        {
            _isFull = true;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private int Begin(int section)
    {
        for (int later = section + 1; later < _counts.Length; later++)
        {
            if (_counts[later] > 0) throw new InvalidOperationException("The sections of a message are written in their order.");
        }

        return _length;
    }

    private bool End(int start, int section)
    {
        if (!_isFull)
        {
            _counts[section]++;
            return true;
        }

        _isFull = false;
        _length = start;
        foreach (DomainName name in _names!.Where(pair => pair.Value >= start).Select(static pair => pair.Key).ToArray())
        {
            _names!.Remove(name);
        }
        return false;
    }
}
