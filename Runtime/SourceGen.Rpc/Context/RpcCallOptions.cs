using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>
/// What calls are made with: those inside an <see cref="RpcCallScope"/>, or those of one proxy (<c>rpc.Get&lt;T&gt;(options)</c>). What is
/// not set here is decided further away: by the proxy, then the contract's method, then the client.
/// </summary>
public sealed class RpcCallOptions
{
    private TimeSpan? _timeout;
    private RpcHeaders? _headers;
    private RpcHeaders? _baggage;
    private RpcCredential? _credential;
    private RpcCallPolicy? _policy;
    private RpcPriority? _priority;

    /// <summary>
    /// How long a call may take, or all calls of a scope together; afterwards they fail with <see cref="RpcStatusCode.DeadlineExceeded"/>.
    /// Null, the default, leaves it to the method and the client; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit.
    /// In a handler, the time that remains for the call that it serves is the limit in any case.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or longer than 24 days.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        set
        {
            if (value is { } time
                && time != System.Threading.Timeout.InfiniteTimeSpan
                && time.TotalMilliseconds is not (>= 1 and <= int.MaxValue))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value),
                    $"{nameof(Timeout)} is {time}; it must be from 1 ms to 24 days, or Timeout.InfiniteTimeSpan for no limit.");
            }

            _timeout = value;
        }
    }

    /// <summary>Headers for the server that is called, and no further. Default: none.</summary>
    public RpcHeaders Headers => _headers ??= new RpcHeaders();

    /// <summary>
    /// Headers for the server that is called, and for the servers that its handler calls in turn, and so on. Keep them small.
    /// Default: none.
    /// </summary>
    public RpcHeaders Baggage => _baggage ??= new RpcHeaders();

    /// <summary>
    /// What the calls prove themselves with, in place of <see cref="RpcClientOptions.Credentials"/>; it is their <c>authorization</c>
    /// header. Null, the default, leaves it to what is further away.
    /// </summary>
    public RpcCredential? Credential
    {
        get => _credential;
        set
        {
            _credential = value;
            Headers[Secrets.HeaderName] = value?.Value;
        }
    }

    /// <summary>
    /// Which servers the calls are sent to, and what is done when one fails. Null, the default, leaves it to what is further away. A policy
    /// that does not fit the method that is called, such as one that may run a method twice that is not idempotent, has the call fail with an
    /// <see cref="InvalidOperationException"/> that says why.
    /// </summary>
    /// <exception cref="ArgumentException">Two of the policy's values contradict each other.</exception>
    public RpcCallPolicy? Policy
    {
        get => _policy;
        set
        {
            value?.Validate();
            _policy = value;
        }
    }

    /// <summary>
    /// How important the calls are to a server that cannot run all of them. It travels as baggage, so that the calls which the handler makes
    /// have it too. Null, the default, leaves it to what is further away; in a handler, to the call that it serves.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the priorities.</exception>
    public RpcPriority? Priority
    {
        get => _priority;
        set
        {
            if (value is { } priority && !Enum.IsDefined(priority)) throw new ArgumentOutOfRangeException(nameof(value), value, null);
            _priority = value;
            Baggage.Remove(PriorityHeader.Name);
            if (value is { } known) Baggage.AddChecked(PriorityHeader.Name, PriorityHeader.Write(known));
        }
    }

    /// <summary>A copy, so that what its owner changes later does not reach calls that are being made.</summary>
    internal RpcCallOptions Copy() => new()
    {
        _timeout = _timeout,
        _headers = _headers?.Copy(),
        _baggage = _baggage?.Copy(),
        _credential = _credential,
        _policy = _policy,
        _priority = _priority,
    };
}
