using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
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
    private int _running;

    private CallAdmission(int maxCalls, PartitionedRateLimiter<RpcCallInfo>? limiter, RejectionCounters rejections, ILogger logger)
    {
        _maxCalls = maxCalls;
        _limiter = limiter;
        _rejections = rejections;
        _logger = logger;
    }

    /// <summary>Calls that were admitted and have not exited.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Makes what the options ask for; null when they ask for nothing.</summary>
    public static CallAdmission? Create(RpcServerOptions options, RejectionCounters rejections, ILogger logger) =>
        options.MaxTotalConcurrentCalls is null && options.RateLimiter is null
            ? null
            : new CallAdmission(options.MaxTotalConcurrentCalls ?? int.MaxValue, options.RateLimiter, rejections, logger);

    /// <summary>Asks for a call to be let in. Called on the receiver.</summary>
    /// <param name="connection">Where it comes from.</param>
    /// <param name="method">What it calls.</param>
    /// <param name="oneWay">Whether it wants no reply.</param>
    /// <param name="lease">To be given back to <see cref="Exit"/> when the call is over, or null.</param>
    /// <returns>Null when it may run; otherwise the answer to its caller.</returns>
    public ErrorMessage? Enter(RpcConnection connection, RpcMethod method, bool oneWay, out RateLimitLease? lease)
    {
        lease = null;
        if (Interlocked.Increment(ref _running) > _maxCalls)
        {
            Interlocked.Decrement(ref _running);
            return Refuse(
                connection,
                method,
                $"{method.FullName} was refused: the server runs {_maxCalls:N0} calls already (MaxTotalConcurrentCalls). "
                + "Try again later, or elsewhere.");
        }

        TimeSpan? retryAfter = null;
        string? refusal = _limiter is null ? null : Acquire(connection, method, oneWay, out lease, out retryAfter);
        if (refusal is null) return null;
        Interlocked.Decrement(ref _running);
        ErrorMessage answer = Refuse(connection, method, refusal);
        return retryAfter is { } delay ? RetryAfterDetail.AddTo(answer, delay) : answer;
    }

    /// <summary>A call that was let in is over.</summary>
    public void Exit(RateLimitLease? lease)
    {
        Interlocked.Decrement(ref _running);
        if (lease is null) return;
        try
        {
            lease.Dispose();
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
        long count = _rejections.CountCall();
        if (count % CallsBetweenLogs == 1) ServerLog.CallRefused(_logger, method.FullName, connection.RemoteAddress, reason, count);
        return new ErrorMessage(RpcStatusCode.ResourceExhausted, reason, Refused: true);
    }
}
