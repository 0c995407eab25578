using System.Collections.Concurrent;
using System.Security.Claims;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>
/// An authenticated caller on one connection, and what was decided about it so far: policies are the user's code and are asked once for
/// each method, not for each call.
/// </summary>
/// <param name="principal">Who it is.</param>
/// <param name="expires">From when on it does not count; null for never.</param>
/// <param name="methodCount">How many methods the connection offers.</param>
internal sealed class CallerIdentity(ClaimsPrincipal principal, DateTimeOffset? expires, int methodCount)
{
    private readonly ConcurrentDictionary<int, ErrorMessage> _denials = new();
    private byte[]? _decisions;

    /// <summary>Who it is.</summary>
    public ClaimsPrincipal Principal { get; } = principal;

    /// <summary>When it ends, on the engine's clock; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt { get; set; } = ToTicks(expires);

    /// <summary>Whether it does not count any more.</summary>
    public bool IsExpired => ExpiresAt != long.MaxValue && ExpiresAt <= Environment.TickCount64;

    /// <summary>What was decided about a method that asks for more than an authenticated caller.</summary>
    public AccessDecision DecisionOf(int method) =>
        Volatile.Read(ref _decisions) is { } decisions ? (AccessDecision)Volatile.Read(ref decisions[method]) : AccessDecision.Open;

    /// <summary>Remembers a decision. Two that are made at the same time come to the same.</summary>
    public void Remember(int method, AccessDecision decision)
    {
        byte[] decisions = Volatile.Read(ref _decisions)
            ?? Interlocked.CompareExchange(ref _decisions, new byte[methodCount], null) ?? _decisions;
        Volatile.Write(ref decisions[method], (byte)decision);
    }

    /// <summary>Remembers that the caller may not call a method.</summary>
    public void Deny(int method, ErrorMessage reason)
    {
        _denials[method] = reason;
        Remember(method, AccessDecision.Denied);
    }

    /// <summary>Why the caller may not call a method that it was denied.</summary>
    public ErrorMessage ReasonAgainst(int method) => _denials[method];

    private static long ToTicks(DateTimeOffset? expires)
    {
        if (expires is not { } time) return long.MaxValue;
        double left = (time - DateTimeOffset.UtcNow).TotalMilliseconds;
        return left <= 0 ? 0 : Environment.TickCount64 + (long)left;
    }
}
