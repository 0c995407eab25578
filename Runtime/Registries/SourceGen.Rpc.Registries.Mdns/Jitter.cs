namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>Random delays, which keep those from speaking at once who have heard the same.</summary>
internal static class Jitter
{
    public static TimeSpan UpTo(TimeSpan most) => most * Random.Shared.NextDouble();

    /// <summary>RFC 6762, 5.2 and 6: 20 to 120 milliseconds, or as much less as the longest is.</summary>
    /// <param name="longest">The longest.</param>
    public static TimeSpan Between(TimeSpan longest) => (longest / 6) + UpTo(longest * 5 / 6);
}
