namespace SourceGen.Rpc;

/// <summary>Refuses what is out of range, saying what, how much, and what the range is.</summary>
internal static class PolicyRange
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static TimeSpan Time(TimeSpan value, string name, TimeSpan least) => value >= least && value <= s_longest
        ? value
        : throw new ArgumentException($"{name} is {value}; it must be from {(least == TimeSpan.Zero ? "zero" : $"{least.TotalMilliseconds:0} ms")} to a day.");

    public static int Count(int value, string name, int least, int most) => value >= least && value <= most
        ? value
        : throw new ArgumentException($"{name} is {value:N0}; it must be from {least:N0} to {most:N0}.");
}
