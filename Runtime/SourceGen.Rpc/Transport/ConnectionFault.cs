namespace SourceGen.Rpc.Transport;

/// <summary>Why a connection ended on this side: shared by its reading and its writing half. The first reason stays.</summary>
/// <param name="remote">The peer, which every error names.</param>
internal sealed class ConnectionFault(RpcAddress remote)
{
    private static readonly Exception NoReason = new();
    private Exception? _reason;

    /// <summary>The peer.</summary>
    public RpcAddress Remote => remote;

    /// <summary>Whether <see cref="TrySet"/> was called.</summary>
    public bool IsSet => Volatile.Read(ref _reason) is not null;

    /// <summary>Notes that the connection was aborted.</summary>
    /// <param name="reason">Why, or null when nothing went wrong.</param>
    /// <returns>Whether this was the first call.</returns>
    public bool TrySet(Exception? reason) => Interlocked.CompareExchange(ref _reason, reason ?? NoReason, null) is null;

    /// <summary>Makes the error of a read or a write after the abort; a new one each time, because each is thrown on its own.</summary>
    public IOException Aborted()
    {
        Exception? reason = Volatile.Read(ref _reason);
        return reason is null || reason == NoReason
            ? new IOException($"The connection to {remote} was aborted on this side.")
            : new IOException($"The connection to {remote} was aborted on this side: {reason.Message}", reason);
    }

    /// <summary>Makes the error of a write after the connection was closed in order.</summary>
    public IOException Closed() => new($"The connection to {remote} was closed on this side; nothing can be sent on it any more.");
}
