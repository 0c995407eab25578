namespace SourceGen.Rpc;

/// <summary>
/// Which servers a call is sent to, and what becomes of it when one fails: Dubbo's cluster strategies. "A server" is one of the nodes that
/// the client's selector leaves, picked by its balancer.
/// </summary>
public enum CallStrategy
{
    /// <summary>
    /// Sent to one server; when that fails in a way that makes repeating safe, sent again to another one, up to
    /// <see cref="RpcCallPolicy.Retries"/> times (2). The caller gets the first success, or the last error. The default.
    /// </summary>
    Failover = 0,

    /// <summary>Sent to one server, once. The caller gets the result or the error, whatever it is; nothing is repeated.</summary>
    Failfast = 1,

    /// <summary>
    /// Sent to one server, once. When it fails, the error is logged and the caller gets the default value instead: nothing, or null. For what
    /// may be lost, such as audit logs. A call that its caller cancels still ends with the cancellation.
    /// </summary>
    Failsafe = 2,

    /// <summary>
    /// Sent to one server, once. When it fails, the caller gets the default value at once (nothing, or null), and the call is repeated in the
    /// background: up to <see cref="RpcCallPolicy.Retries"/> times (3), after waits from 1 s to 60 s; at most 100 calls wait so, and what
    /// does not fit or never succeeds is logged and dropped. For what has to arrive, but not now, such as notifications.
    /// </summary>
    Failback = 3,

    /// <summary>
    /// Sent to <see cref="RpcCallPolicy.Forks"/> servers at once (2). The caller gets the first success, not the first answer, and the others
    /// are cancelled; it gets an error only when all have failed. Costs as many calls, and buys the fastest of them.
    /// </summary>
    Forking = 4,

    /// <summary>
    /// Sent to every server, once each. The call succeeds when all did, with one of the results; otherwise its error says how many
    /// failed, and which and why. For what every server has to know, such as "drop your cache".
    /// </summary>
    Broadcast = 5,

    /// <summary>
    /// Sent once to the first server there is a connection to, without balancing and without waiting: when there is none, the call fails at
    /// once with <see cref="RpcStatusCode.Unavailable"/>.
    /// </summary>
    Available = 6,

    /// <summary>
    /// As <see cref="Failover"/>, but sent to servers of the client's own zone for as long as one of them is left that the call was not sent to
    /// before; then to the others.
    /// </summary>
    ZoneAware = 7,
}
