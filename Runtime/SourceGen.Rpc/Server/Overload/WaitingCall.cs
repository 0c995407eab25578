using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server.Overload;

/// <summary>A call as the server's limits see it: something to be run when there is room.</summary>
internal abstract class WaitingCall() : BatchItem(runsInCallersContext: false)
{
    /// <summary>What the server's limits let it in with, and want back. Only where there are limits.</summary>
    public CallTicket Ticket;

    /// <summary>The next call that waits; the queue's own.</summary>
    internal WaitingCall? NextWaiting { get; set; }

    /// <summary>Whether nobody waits for it any more, so that its handler need not run: the time has passed, or the caller is gone.</summary>
    public abstract bool IsGivenUp { get; }
}
