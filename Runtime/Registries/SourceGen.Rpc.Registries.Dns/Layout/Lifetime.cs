namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>The shortest time to live of all answers that something is made of. Thread safe.</summary>
internal sealed class Lifetime(TimeSpan first)
{
    private long _shortest = first.Ticks;

    public TimeSpan Shortest => TimeSpan.FromTicks(Volatile.Read(ref _shortest));

    public void Add(TimeSpan timeToLive)
    {
        long known = Volatile.Read(ref _shortest);
        while (timeToLive.Ticks < known)
        {
            long seen = Interlocked.CompareExchange(ref _shortest, timeToLive.Ticks, known);
            if (seen == known) return;
            known = seen;
        }
    }
}
