namespace SourceGen.Rpc;

/// <summary>
/// Sets how one method of a <see cref="ServiceAttribute">[Service]</see> or <see cref="TopicAttribute">[Topic]</see> interface goes over the wire.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class MethodAttribute : Attribute
{
    /// <summary>
    /// The method's name on the wire, unique within its interface. Default: the method's name without a trailing <c>Async</c>.
    /// Overloads need it, because their names would be the same.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// True when calling the method twice has the same effect as calling it once. Only then may a call that could have reached
    /// the server be sent again after a lost connection or a timeout. Default: false.
    /// </summary>
    public bool Idempotent { get; set; }

    /// <summary>
    /// How long the caller waits for the reply, in milliseconds; afterwards the call fails with
    /// <see cref="RpcStatusCode.DeadlineExceeded"/> and the handler is cancelled. 0, the default, takes the client's own default (5
    /// seconds); -1 waits without limit. Events have none: nobody answers them.
    /// </summary>
    public int TimeoutMs { get; set; }
}
