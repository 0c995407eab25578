using System.Threading.RateLimiting;

namespace SourceGen.Rpc.Server.Overload;

/// <summary>What a server's limits know of a call that they let in; given back when the call is over.</summary>
internal struct CallTicket
{
    /// <summary>What the rate limiter wants back, or null.</summary>
    public RateLimitLease? Permit;

    /// <summary>Where its time is counted; null when the adaptive limit does not count it.</summary>
    public MethodLatency? Latency;

    /// <summary>When it was let run or, while it waits, when it began to; a time stamp of the limit's clock.</summary>
    public long Since;

    /// <summary>The bytes of its arguments.</summary>
    public long Size;

    /// <summary>How important it is.</summary>
    public RpcPriority Priority;

    /// <summary>Whether it waits in the queue, or is to be put there.</summary>
    public bool Waits;
}
