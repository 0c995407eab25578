namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    private const uint MaxNanoseconds = 999_999_999;
    private const long MaxOffsetMinutes = 14 * 60;

    /// <summary>Reads a point in time from a timestamp extension, as UTC; what is finer than 100 ns is cut off.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a time outside the years 1 to 9999.</exception>
    public DateTime ReadDateTime() => new(ReadTimestamp("a timestamp extension (DateTime)"), DateTimeKind.Utc);

    /// <summary>Reads a point in time from an array of its clock time, as a timestamp extension, and its offset in minutes.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a time or an offset out of range.</exception>
    public DateTimeOffset ReadDateTimeOffset()
    {
        const string Expected = "an array of a timestamp extension and an offset in minutes (DateTimeOffset)";
        byte code = Peek(Expected);
        long offset = Consumed;
        if (code != (MessagePackFormat.FixArray | 2)) MessagePackErrors.Unexpected(Expected, code, offset);
        _index++;
        long clock = ReadTimestamp(Expected);
        long minutes = ReadSigned(-MaxOffsetMinutes, MaxOffsetMinutes, "an offset from UTC of at most 14 hours, in minutes");
        long utc = clock - (minutes * TimeSpan.TicksPerMinute);
        if (utc < 0 || utc > DateTime.MaxValue.Ticks)
        {
            MessagePackErrors.Invalid(Expected, "the time is outside the years 1 to 9999 in UTC", offset);
        }

        return new DateTimeOffset(clock, new TimeSpan(minutes * TimeSpan.TicksPerMinute));
    }

    /// <summary>Reads a duration from an integer: its ticks of 100 ns.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    public TimeSpan ReadTimeSpan() => new(ReadSigned(long.MinValue, long.MaxValue, "an integer of 100 ns ticks (TimeSpan)"));

    private long ReadTimestamp(string expected)
    {
        byte code = Peek(expected);
        long offset = Consumed;
        int length = ReadExtensionHeader(expected, out sbyte type);
        if (type != MessagePackFormat.TimestampType)
        {
            MessagePackErrors.Invalid(expected, $"the extension has type {type} instead of {MessagePackFormat.TimestampType}", offset);
        }

        if (length is not (4 or 8 or 12))
        {
            MessagePackErrors.Invalid(expected, $"the timestamp has {length} bytes instead of 4, 8 or 12", offset);
        }

        Span<byte> bytes = stackalloc byte[12];
        bytes = bytes[..length];
        CopyTo(bytes);
        uint nanoseconds = 0;
        long seconds;
        switch (length)
        {
            case 4:
                seconds = (long)BigEndian(bytes);
                break;
            case 8:
                ulong both = BigEndian(bytes);
                nanoseconds = (uint)(both >> 34);
                seconds = (long)(both & ((1UL << 34) - 1));
                break;
            default:
                nanoseconds = (uint)BigEndian(bytes[..4]);
                seconds = (long)BigEndian(bytes[4..]);
                break;
        }

        if (nanoseconds > MaxNanoseconds)
        {
            MessagePackErrors.Invalid(expected, $"the timestamp has {nanoseconds} nanoseconds, more than {MaxNanoseconds}", offset);
        }

        long minSeconds = -DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;
        long maxSeconds = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        if (seconds < minSeconds || seconds > maxSeconds)
        {
            MessagePackErrors.Invalid(expected, $"{seconds} seconds since 1970 is outside the years 1 to 9999", offset);
        }

        return DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>Reads an extension's header, and checks its length against the data.</summary>
    private int ReadExtensionHeader(string expected, out sbyte type)
    {
        byte code = Peek(expected);
        int length = 0;
        switch (code)
        {
            case >= MessagePackFormat.FixExt1 and <= MessagePackFormat.FixExt16:
                length = 1 << (code - MessagePackFormat.FixExt1);
                if (Remaining < length + 2)
                {
                    MessagePackErrors.TooLong(expected, length, "bytes", code, Consumed, Math.Max(0, Remaining - 2));
                }

                _index++;
                break;
            case MessagePackFormat.Ext8: length = ReadLengthAfterCode(1, code, 1, expected); break;
            case MessagePackFormat.Ext16: length = ReadLengthAfterCode(2, code, 1, expected); break;
            case MessagePackFormat.Ext32: length = ReadLengthAfterCode(4, code, 1, expected); break;
            default: MessagePackErrors.Unexpected(expected, code, Consumed); break;
        }

        type = (sbyte)Peek(expected);
        _index++;
        return length;
    }
}
