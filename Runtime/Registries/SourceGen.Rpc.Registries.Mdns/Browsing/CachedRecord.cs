using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>A record that was heard.</summary>
internal sealed class CachedRecord(DnsRecord record, long receivedAt)
{
    /// <summary>When it is asked for again before its end (RFC 6762, 5.2), in percent of its time.</summary>
    private static readonly int[] s_refreshes = [80, 85, 90, 95];

    private readonly double _jitter = Random.Shared.NextDouble() * 2;
    private int _asked;

    public DnsRecord Record { get; } = record;

    public long ReceivedAt { get; } = receivedAt;

    public long ExpiresAt { get; private set; } = receivedAt + TicksOf(record.TimeToLive);

    /// <summary>When it is to be asked for again; the end of time when that was done.</summary>
    public long RefreshAt =>
        _asked >= s_refreshes.Length
            ? long.MaxValue
            : ReceivedAt + (long)(TicksOf(Record.TimeToLive) * (s_refreshes[_asked] + _jitter) / 100);

    public void Refreshed(long now)
    {
        while (RefreshAt <= now) _asked++;
    }

    /// <summary>Ends it before its time; it is not asked for again.</summary>
    public void EndBefore(long time)
    {
        _asked = s_refreshes.Length;
        ExpiresAt = Math.Min(ExpiresAt, time);
    }

    /// <summary>As a known answer (RFC 6762, 7.1), when it has more than half of its time left.</summary>
    public DnsRecord? AsKnownAnswer(long now)
    {
        double left = TimeSpan.FromTicks(ExpiresAt - now).TotalSeconds;
        return left * 2 > Record.TimeToLive ? Record with { Class = DnsRecord.InternetClass, TimeToLive = (uint)left } : null;
    }

    private static long TicksOf(uint seconds) => seconds * TimeSpan.TicksPerSecond;
}
