using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackWriter
{
    /// <summary>
    /// Writes a point in time as a timestamp extension, in the smallest of its three formats. Local time is converted to UTC;
    /// unspecified time is taken as UTC.
    /// </summary>
    /// <param name="value">The time; its ticks of 100 ns are kept.</param>
    public void Write(DateTime value)
    {
        if (value.Kind == DateTimeKind.Local) value = value.ToUniversalTime();
        WriteTimestamp(value.Ticks);
    }

    /// <summary>
    /// Writes a point in time as an array of its clock time, as a timestamp extension that takes it as UTC, and its offset in minutes.
    /// </summary>
    /// <param name="value">The time.</param>
    public void Write(DateTimeOffset value)
    {
        WriteArrayHeader(2);
        WriteTimestamp(value.Ticks);
        Write(value.TotalOffsetMinutes);
    }

    /// <summary>Writes a duration as an integer: its ticks of 100 ns.</summary>
    /// <param name="value">The duration.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(TimeSpan value) => Write(value.Ticks);

    private void WriteTimestamp(long ticks)
    {
        const byte Type = unchecked((byte)MessagePackFormat.TimestampType);
        long sinceEpoch = ticks - DateTime.UnixEpoch.Ticks;
        long seconds = Math.DivRem(sinceEpoch, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            // Before 1970 the seconds round down, because the nanoseconds count upwards.
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        uint nanoseconds = (uint)(rest * TimeSpan.NanosecondsPerTick);
        ref byte start = ref Reserve(15);
        if (nanoseconds == 0 && (ulong)seconds <= uint.MaxValue)
        {
            start = MessagePackFormat.FixExt4;
            Put32(ref Unsafe.Add(ref start, 1), Type, (uint)seconds);
            _index += 6;
        }
        else if ((ulong)seconds < 1UL << 34)
        {
            start = MessagePackFormat.FixExt8;
            Put64(ref Unsafe.Add(ref start, 1), Type, ((ulong)nanoseconds << 34) | (ulong)seconds);
            _index += 10;
        }
        else
        {
            Put8(ref start, MessagePackFormat.Ext8, 12);
            Put32(ref Unsafe.Add(ref start, 2), Type, nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, 7), sizeof(long)), seconds);
            _index += 15;
        }
    }
}
