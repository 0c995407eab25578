using System.Globalization;

namespace SourceGen.Rpc.Load;

/// <summary>What this process has used up since it started, or between two such moments.</summary>
/// <param name="AllocatedBytes">Managed memory allocated by all threads.</param>
/// <param name="CpuMicroseconds">Processor time of all threads, user and kernel.</param>
internal readonly record struct ProcessCounters(long AllocatedBytes, double CpuMicroseconds)
{
    public static ProcessCounters Read() =>
        new(GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime.TotalMicroseconds);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static ProcessCounters Parse(string text)
    {
        string[] parts = text.Split(' ');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double cpu)
            ? new ProcessCounters(bytes, cpu)
            : throw new FormatException($"'{text}' is not a pair of counters: allocated bytes and microseconds of processor time, with a space between.");
    }

    public static ProcessCounters operator -(ProcessCounters later, ProcessCounters earlier) =>
        new(later.AllocatedBytes - earlier.AllocatedBytes, later.CpuMicroseconds - earlier.CpuMicroseconds);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AllocatedBytes} {CpuMicroseconds:R}");
}
