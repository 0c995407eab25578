using System.Buffers.Binary;

namespace SourceGen.Rpc.Load;

/// <summary>What this process has used up since it started, or between two such moments.</summary>
/// <param name="AllocatedBytes">Managed memory allocated by all threads.</param>
/// <param name="CpuMicroseconds">Processor time of all threads, user and kernel.</param>
internal readonly record struct ProcessCounters(long AllocatedBytes, double CpuMicroseconds)
{
    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    public const int Size = 16;

    public static ProcessCounters Read() =>
        new(GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime.TotalMicroseconds);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ProcessCounters Parse(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..]));

    /// <summary>Writes the counters without allocating, which would be counted too.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, AllocatedBytes);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], CpuMicroseconds);
    }

    public static ProcessCounters operator +(ProcessCounters one, ProcessCounters other) =>
        new(one.AllocatedBytes + other.AllocatedBytes, one.CpuMicroseconds + other.CpuMicroseconds);

    public static ProcessCounters operator -(ProcessCounters later, ProcessCounters earlier) =>
        new(later.AllocatedBytes - earlier.AllocatedBytes, later.CpuMicroseconds - earlier.CpuMicroseconds);
}
