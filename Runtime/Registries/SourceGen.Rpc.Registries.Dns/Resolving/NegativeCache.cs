using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Remembers that a name has no records of a type, for as long as the zone says (RFC 2308, 5), and of so many at most. Thread safe.
/// </summary>
internal sealed class NegativeCache(TimeProvider time, TimeSpan shortest, TimeSpan longest)
{
    private const int MaxCount = 1024;

    // Who waited for the end of an entry may be woken a little early.
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<DnsQuestion, long> _untils = [];

    /// <summary>Whether there are no records, and for how long it is remembered yet.</summary>
    public bool TryGet(DnsQuestion question, out TimeSpan remaining)
    {
        lock (_untils)
        {
            remaining = default;
            if (!_untils.TryGetValue(question, out long until)) return false;
            remaining = time.GetElapsedTime(time.GetTimestamp(), until);
            if (remaining > s_slack) return true;
            _untils.Remove(question);
            return false;
        }
    }

    /// <summary>Remembers that there are none.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="soa">
    /// The zone's start as the answer has it; null when it has none, which is then remembered as shortly as possible.
    /// </param>
    /// <returns>For how long.</returns>
    public TimeSpan Add(DnsQuestion question, (uint TimeToLive, uint Minimum)? soa)
    {
        // RFC 2308, 5: the smaller one of both.
        TimeSpan timeToLive = TimeSpan.FromSeconds(soa is { } said ? Math.Min(said.TimeToLive, said.Minimum) : 0);
        timeToLive = TimeSpan.FromTicks(Math.Clamp(timeToLive.Ticks, shortest.Ticks, longest.Ticks));
        lock (_untils)
        {
            if (_untils.Count >= MaxCount) _untils.Clear();
            _untils[question] = time.GetTimestamp() + (long)(timeToLive.TotalSeconds * time.TimestampFrequency);
        }

        return timeToLive;
    }
}
