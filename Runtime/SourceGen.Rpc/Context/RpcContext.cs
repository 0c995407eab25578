using System.Collections.Concurrent;
using System.Security.Claims;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>
/// What a handler knows of the call that it serves. <see cref="Current"/> flows with the handler's code, through awaits and into the tasks
/// it starts, and calls made there inherit the remaining time, the baggage and the cancellation. Each call has a context of its own, which
/// is never used for another: a task that outlives its call sees that call's context, ended.
/// </summary>
public sealed class RpcContext
{
    private readonly RpcConnection _connection;
    private readonly long _deadline;
    private CancellationTokenSource? _cancellation;
    private RpcHeaders? _responseHeaders;
    private RpcHeaders? _trailers;
    private ConcurrentDictionary<object, object?>? _items;
    private volatile bool _isCancelled;
    private volatile bool _hasEnded;

    internal RpcContext(
        RpcConnection connection,
        string method,
        long deadline,
        RpcHeaders headers,
        RpcHeaders baggage,
        CancellationTokenSource? cancellation)
    {
        _connection = connection;
        _deadline = deadline;
        _cancellation = cancellation;
        Method = method;
        RequestHeaders = headers;
        Baggage = baggage;
    }

    /// <summary>
    /// The call that this code serves; null outside a handler, or when the server's <see cref="RpcConnectionOptions.FlowContext"/> is
    /// off, the call has no headers, and the caller offers no services.
    /// </summary>
    public static RpcContext? Current => AmbientContext.Context;

    /// <summary>Service and method, such as <c>Shop.Greeter/Hello</c>.</summary>
    public string Method { get; }

    /// <summary>The caller's headers for this server. Read only; they are not passed on.</summary>
    public RpcHeaders RequestHeaders { get; }

    /// <summary>
    /// The caller's headers that are passed on to the calls this handler makes. Read only; add to it with <see cref="RpcCallScope"/>.
    /// </summary>
    public RpcHeaders Baggage { get; }

    /// <summary>How important the caller says that the call is; it goes on to the calls that the handler makes.</summary>
    public RpcPriority Priority => PriorityHeader.Read(Baggage);

    /// <summary>What the caller gets before the result, or before the error. Read only once the handler has finished.</summary>
    public RpcHeaders ResponseHeaders => GetReplyHeaders(ref _responseHeaders);

    /// <summary>What the caller gets at the end, with the result or with the error. Read only once the handler has finished.</summary>
    public RpcHeaders Trailers => GetReplyHeaders(ref _trailers);

    /// <summary>
    /// How much of the time that the caller allowed remains, zero when it has passed; <see cref="Timeout.InfiniteTimeSpan"/> when the
    /// caller set no limit.
    /// </summary>
    public TimeSpan RemainingTime => _deadline == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Max(0, _deadline - Environment.TickCount64));

    /// <summary>
    /// Cancelled when the caller gives up, its time has passed, or the connection is lost; the token that the method takes, if it takes
    /// one. Once the call has ended nothing cancels it any more.
    /// </summary>
    public CancellationToken CancellationToken => (Volatile.Read(ref _cancellation) ?? CreateSource()).Token;

    /// <summary>Where the call came from.</summary>
    public RpcAddress RemoteAddress => _connection.RemoteAddress;

    /// <summary>Who made the call. It can be kept after the handler has ended; it has services to call if it offers some.</summary>
    public RpcPeer Caller => _connection.Caller;

    /// <summary>For what filters and handlers of one call want to tell each other. Thread safe.</summary>
    public IDictionary<object, object?> Items =>
        Volatile.Read(ref _items) ?? Interlocked.CompareExchange(ref _items, new(), null) ?? _items;

    /// <summary>
    /// Who makes the call: by the call's own credential, or else whoever opened its connection; null when that was not established. It is
    /// not passed on to the calls that the handler makes.
    /// </summary>
    public ClaimsPrincipal? User { get; internal set; }

    /// <summary>Whether the handler has finished: its reply is on its way, and what is set here reaches nobody.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>The connection that the call came over.</summary>
    internal RpcConnection Connection => _connection;

    /// <summary>When the caller's time has passed, on the engine's coarse clock; <see cref="long.MaxValue"/> for never.</summary>
    internal long Deadline => _deadline;

    /// <summary>
    /// Gets a service of the caller's: an object whose methods call back over the connection that the call came in on. It may be kept
    /// and used after the handler has ended, as long as that connection lives (<see cref="RpcPeer.Closed"/>).
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface that the caller offers.</typeparam>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: this is no handler, or the caller offers no services;
    /// <see cref="RpcStatusCode.Unimplemented"/>: the caller offers others.
    /// </exception>
    public static TService GetCaller<TService>()
        where TService : class, IRpcContract<TService>
    {
        if (Current is { } context && context._connection.PeerServes) return context.Caller.Get<TService>();
        throw new RpcException(
            RpcStatusCode.FailedPrecondition,
            $"There is no caller that offers {TService.Contract.Name}: either this code does not run in a handler, or the caller is a client "
            + "that offers no services. A client offers one with AddService before it connects.");
    }

    /// <summary>Method and state, for logs and debuggers.</summary>
    public override string ToString() => _hasEnded ? $"{Method} from {RemoteAddress}, ended" : $"{Method} from {RemoteAddress}";

    /// <summary>The call is cancelled.</summary>
    /// <returns>
    /// What the caller of this method is to cancel, on a thread that may run user code; null when nobody has a token.
    /// </returns>
    internal CancellationTokenSource? MarkCancelled()
    {
        _isCancelled = true;
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _cancellation);
    }

    /// <summary>The handler has finished.</summary>
    /// <returns>What goes out with the reply, encoded; null when that is nothing.</returns>
    internal byte[]? End()
    {
        _hasEnded = true;
        Interlocked.MemoryBarrier(); // Headers that come into being after this are frozen by their maker.
        RpcHeaders? headers = Volatile.Read(ref _responseHeaders)?.Freeze(ReplySent);
        RpcHeaders? trailers = Volatile.Read(ref _trailers)?.Freeze(ReplySent);
        return HeaderBlock.Encode(HeaderKind.Response, headers, HeaderKind.Trailer, trailers);
    }

    private string ReplySent => $"the reply of {Method} is sent";

    private CancellationTokenSource CreateSource()
    {
        CancellationTokenSource source = new();
        if (Interlocked.CompareExchange(ref _cancellation, source, null) is { } other) return other;

        // Asked after the source is in place: whoever cancels sets the flag first and then looks for a source.
        if (_isCancelled) source.Cancel();
        return source;
    }

    private RpcHeaders GetReplyHeaders(ref RpcHeaders? field)
    {
        RpcHeaders headers = Volatile.Read(ref field) ?? Interlocked.CompareExchange(ref field, new RpcHeaders(), null) ?? field;
        return _hasEnded ? headers.Freeze(ReplySent) : headers;
    }
}
