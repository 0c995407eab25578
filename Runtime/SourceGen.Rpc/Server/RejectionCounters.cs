namespace SourceGen.Rpc.Server;

/// <summary>What a server turned away because of its limits, since it was created.</summary>
internal sealed class RejectionCounters
{
    private readonly RejectionCounters? _all;
    private long _connections;
    private long _calls;
    private long _cut;

    /// <summary>Creates the counters of one server, which count for the process too.</summary>
    public RejectionCounters()
        : this(Process)
    {
    }

    private RejectionCounters(RejectionCounters? all) => _all = all;

    /// <summary>What all servers of the process turned away, those that are gone included.</summary>
    public static RejectionCounters Process { get; } = new(all: null);

    /// <summary>Connections that were refused when they came in.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Calls that were refused, one-way calls that were dropped included.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Open connections that were closed because the peer flooded them.</summary>
    public long Cut => Volatile.Read(ref _cut);

    /// <summary>Counts a refused connection.</summary>
    public void CountConnection()
    {
        Interlocked.Increment(ref _connections);
        _all?.CountConnection();
    }

    /// <summary>Counts a refused call.</summary>
    /// <returns>How many there are now.</returns>
    public long CountCall()
    {
        _all?.CountCall();
        return Interlocked.Increment(ref _calls);
    }

    /// <summary>Counts a flooded connection.</summary>
    public void CountCut()
    {
        Interlocked.Increment(ref _cut);
        _all?.CountCut();
    }
}
