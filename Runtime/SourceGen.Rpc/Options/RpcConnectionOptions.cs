using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc;

/// <summary>What clients and servers have in common.</summary>
public abstract class RpcConnectionOptions
{
    private protected RpcConnectionOptions()
    {
    }

    /// <summary>What bounds a connection.</summary>
    public RpcLimits Limits { get; } = new();

    /// <summary>
    /// The codecs, best first. A client offers them all; a server takes the first of the client's that it has. Default: MessagePack alone.
    /// </summary>
    public IList<ICodec> Codecs { get; } = [MessagePackCodec.Instance];

    /// <summary>The transports, each serving one address scheme. Default: tcp, unix, memory and inproc.</summary>
    public IList<ITransport> Transports { get; } = [new TcpTransport(), new UnixTransport(), MemoryTransport.Shared, InProcessTransport.Shared];

    /// <summary>
    /// Serves each connection on a thread of its own that polls for some microseconds before it sleeps: a call takes a quarter of the
    /// time, at the price of a busy core while calls go back and forth. For few connections with calls close together. Default: false.
    /// </summary>
    public bool LowLatency { get; set; }

    /// <summary>
    /// Whether a handler that is served here has an <see cref="RpcContext"/> that flows with its code, from which the calls that it
    /// makes inherit time, baggage and cancellation. It is made for each call once the process has a client, or asked for a context;
    /// until then calls cost nothing. False makes it only for calls with headers, and for those of callers that offer services, which
    /// saves some 200 bytes a call where handlers call nobody. Default: true.
    /// </summary>
    public bool FlowContext { get; set; } = true;

    /// <summary>How long the peer may be silent before it is asked for a sign of life. Default: 15 seconds.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the peer may take to give that sign before the connection counts as lost. Default: 10 seconds.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether an error that a handler of this side did not declare reaches its caller with its type, message and stack. For development:
    /// it shows callers the inside. Default: false, the caller gets a number that stands in this side's log too.
    /// </summary>
    public bool IncludeExceptionDetails { get; set; }

    /// <summary>
    /// Where filters of calls that are served get services of the call's own from (<see cref="RpcFilterCall.Services"/>). Servers and
    /// clients of a host have one that makes scopes of the host's container. Default: none.
    /// </summary>
    public RpcScopeFactory? Scopes { get; set; }

    /// <summary>Where logs go. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Checks the values against each other. Clients and servers do it when they are created or started.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of range; the message names it.</exception>
    public virtual void Validate()
    {
        Limits.Validate();
        RequirePositive(KeepAliveInterval, nameof(KeepAliveInterval));
        RequirePositive(KeepAliveTimeout, nameof(KeepAliveTimeout));
        if (Codecs.Count == 0) throw new ArgumentException($"{nameof(Codecs)} is empty; a connection needs at least one codec.");
        if (Transports.Count == 0)
            throw new ArgumentException($"{nameof(Transports)} is empty; a connection needs at least one transport.");
    }

    private protected static void RequirePositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            throw new ArgumentException($"{name} is {value}; it must be more than zero and at most a day.");
    }
}
