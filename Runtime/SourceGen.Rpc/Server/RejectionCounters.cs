namespace SourceGen.Rpc.Server;

/// <summary>What a server turned away because of its limits, or because of who it was, since it was created.</summary>
internal sealed class RejectionCounters
{
    private readonly RejectionCounters? _all;
    private long _connections;
    private long _calls;
    private long _cut;
    private long _credentials;
    private long _unauthenticated;
    private long _denied;

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

    /// <summary>Credentials that were not accepted, of connections and of calls.</summary>
    public long Credentials => Volatile.Read(ref _credentials);

    /// <summary>Calls that were refused because it was not established who makes them, one-way calls that were dropped included.</summary>
    public long Unauthenticated => Volatile.Read(ref _unauthenticated);

    /// <summary>Calls that were refused because who makes them may not, one-way calls that were dropped included.</summary>
    public long Denied => Volatile.Read(ref _denied);

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

    /// <summary>Counts a credential that was not accepted.</summary>
    /// <returns>How many there are now.</returns>
    public long CountCredential() => Interlocked.Increment(ref _credentials);

    /// <summary>Counts a call of somebody unknown.</summary>
    /// <returns>How many there are now.</returns>
    public long CountUnauthenticated() => Interlocked.Increment(ref _unauthenticated);

    /// <summary>Counts a call of somebody who may not make it.</summary>
    /// <returns>How many there are now.</returns>
    public long CountDenied() => Interlocked.Increment(ref _denied);

    /// <summary>Counts a flooded connection.</summary>
    public void CountCut()
    {
        Interlocked.Increment(ref _cut);
        _all?.CountCut();
    }
}
