using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// Decides for each request of a server, before its arguments are read and without waiting, whether it may run. A server without such
/// limits has none of this.
/// </summary>
internal sealed class CallAdmission
{
    /// <summary>The log would be the next thing to be flooded: one refusal in so many is logged, the first included.</summary>
    private const int CallsBetweenLogs = 10_000;

    private readonly int _maxCalls;
    private readonly PartitionedRateLimiter<RpcCallInfo>? _limiter;
    private readonly RejectionCounters _rejections;
    private readonly ILogger _logger;
    private readonly AdaptiveLimiter? _adaptive;
    private readonly TimeSpan _retryAfter;
    private readonly ConcurrentDictionary<RpcMethod, ErrorMessage> _overloaded = new();
    private int _running;

    private CallAdmission(RpcServerOptions options, RejectionCounters rejections, ILogger logger)
    {
        _maxCalls = options.MaxTotalConcurrentCalls ?? int.MaxValue;
        _limiter = options.RateLimiter;
        _rejections = rejections;
        _logger = logger;
        if (options.AdaptiveLimit is not { } adaptive) return;
        _adaptive = new AdaptiveLimiter(adaptive, Run, Shed);
        _retryAfter = adaptive.Window;
    }

    /// <summary>Calls that were admitted and have not exited, those that wait for their turn included.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Finds out how many calls can run at once; null when nobody asked for it.</summary>
    public AdaptiveLimiter? Adaptive => _adaptive;

    /// <summary>Makes what the options ask for; null when they ask for nothing.</summary>
    public static CallAdmission? Create(RpcServerOptions options, RejectionCounters rejections, ILogger logger) =>
        options.MaxTotalConcurrentCalls is null && options.RateLimiter is null && options.AdaptiveLimit is null
            ? null
            : new CallAdmission(options, rejections, logger);

    /// <summary>Has the adaptive limit, if there is one, count the calls of these methods. Before calls are let in.</summary>
    public void Track(IEnumerable<ServerMethod> methods)
    {
        if (_adaptive is null) return;
        Instruments.Limits.Add(_adaptive);
        foreach (ServerMethod method in methods)
        {
            if (!method.HasStream && !method.IsServedToTheEnd) method.Latency = _adaptive.Track();
        }
    }

    /// <summary>The server has stopped.</summary>
    public void Stop()
    {
        if (_adaptive is null) return;
        Instruments.Limits.Remove(_adaptive);
        _adaptive.Dispose();
    }

    /// <summary>Asks for a call to be let in. Called on the receiver.</summary>
    /// <param name="connection">Where it comes from.</param>
    /// <param name="method">What it calls.</param>
    /// <param name="oneWay">Whether it wants no reply.</param>
    /// <param name="head">What stood before its arguments.</param>
    /// <param name="size">The bytes of its arguments.</param>
    /// <param name="ticket">
    /// To be given back to <see cref="Exit"/> when the call is over, or to <see cref="Withdraw"/> when it does not come about. If it says so,
    /// the call is to <see cref="Wait"/>.
    /// </param>
    /// <returns>Null when it may run; otherwise the answer to its caller.</returns>
    public ErrorMessage? Enter(
        RpcConnection connection, ServerMethod method, bool oneWay, in RequestHead head, long size, out CallTicket ticket)
    {
        ticket = default;
        RpcMethod called = method.Method;
        if (Interlocked.Increment(ref _running) > _maxCalls)
        {
            Interlocked.Decrement(ref _running);
            return Refuse(
                connection,
                called,
                $"{called.FullName} was refused: the server runs {_maxCalls:N0} calls already (MaxTotalConcurrentCalls). "
                + "Try again later, or elsewhere.");
        }

        TimeSpan? retryAfter = null;
        string? refusal = _limiter is null ? null : Acquire(connection, called, oneWay, out ticket.Permit, out retryAfter);
        if (refusal is not null)
        {
            Interlocked.Decrement(ref _running);
            ErrorMessage answer = Refuse(connection, called, refusal);
            return retryAfter is { } delay ? RetryAfterDetail.AddTo(answer, delay) : answer;
        }

        if (method.Latency is null) return null;
        ticket.Latency = method.Latency;
        ticket.Size = size;
        ticket.Priority = PriorityHeader.Read(head.Baggage);
        if (_adaptive!.TryEnter(ref ticket, head.RemainingMs)) return null;
        ticket.Latency = null;
        Exit(ticket);
        ErrorMessage overloaded = Overloaded(called);
        Count(connection, called, overloaded.Detail);
        return overloaded;
    }

    /// <summary>A call that was let in is to wait; from now on another thread may run it at any moment.</summary>
    public void Wait(ServerCall call) => _adaptive!.Wait(call);

    /// <summary>A call that was let in does not come about.</summary>
    public void Withdraw(CallTicket ticket)
    {
        if (ticket.Latency is not null) _adaptive!.Withdraw(ticket);
        ticket.Latency = null;
        Exit(ticket);
    }

    /// <summary>A call that was let in is over.</summary>
    public void Exit(in CallTicket ticket)
    {
        Interlocked.Decrement(ref _running);
        if (ticket.Latency is not null) _adaptive!.Exit(ticket);
        if (ticket.Permit is null) return;
        try
        {
            ticket.Permit.Dispose();
        }
        catch (Exception e)
        {
            ServerLog.RateLimiterFailed(_logger, e);
        }
    }

    /// <summary>The limiter is the user's code; what it throws must not end the connection.</summary>
    private string? Acquire(
        RpcConnection connection, RpcMethod method, bool oneWay, out RateLimitLease? lease, out TimeSpan? retryAfter)
    {
        lease = null;
        retryAfter = null;
        try
        {
            RpcCallInfo info = new(connection.RemoteAddress, connection.Id, method.Contract.Name, method.Name, oneWay);
            RateLimitLease attempt = _limiter!.AttemptAcquire(info);
            if (attempt.IsAcquired)
            {
                lease = attempt;
                return null;
            }

            using (attempt)
            {
                if (attempt.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait)) retryAfter = wait;
                string when = retryAfter is { } delay
                    ? string.Create(CultureInfo.InvariantCulture, $"Try again after {delay.TotalMilliseconds:0} ms.")
                    : "Try again later.";
                return $"{method.FullName} was refused by the server's rate limiter. {when}";
            }
        }
        catch (Exception e)
        {
            ServerLog.RateLimiterFailed(_logger, e);
            return $"{method.FullName} was refused: the server's rate limiter failed; the server's log says why.";
        }
    }

    private ErrorMessage Refuse(RpcConnection connection, RpcMethod method, string reason)
    {
        Count(connection, method, reason);
        return new ErrorMessage(RpcStatusCode.ResourceExhausted, reason, Refused: true);
    }

    private void Count(RpcConnection connection, RpcMethod method, string reason)
    {
        long count = _rejections.CountCall();
        if (count % CallsBetweenLogs == 1) ServerLog.CallRefused(_logger, method.FullName, connection.RemoteAddress, reason, count);
    }

    /// <summary>A call that waited in vain is about to be answered: where handlers run, and a log may be written.</summary>
    public void CountShed(ServerCall call, ErrorMessage refusal) => Count(call.Origin, call.Method, refusal.Detail);

    /// <summary>A call has waited in vain. Its answer is written where handlers run.</summary>
    private void Shed(WaitingCall waiting)
    {
        ServerCall call = (ServerCall)waiting;
        call.Shed(Overloaded(call.Method));
        Run(call);
    }

    private static void Run(WaitingCall call) => ThreadPool.UnsafeQueueUserWorkItem((ServerCall)call, preferLocal: false);

    /// <summary>Made once for each method: refusing is what an overloaded server does most.</summary>
    private ErrorMessage Overloaded(RpcMethod method) => _overloaded.GetOrAdd(
        method,
        static (method, delay) => RetryAfterDetail.AddTo(
            new ErrorMessage(
                RpcStatusCode.ResourceExhausted,
                $"{method.FullName} was refused: the server is overloaded (AdaptiveLimit). Try again later, or elsewhere.",
                Refused: true),
            delay),
        _retryAfter);
}
