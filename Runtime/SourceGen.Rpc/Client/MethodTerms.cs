using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// Decides what each call of one method is made with. The nearest has the say: the call's own scope, the proxy, the contract's method, the
/// client. In a handler, the remaining time of the call that it serves is a limit in any case, and its baggage is passed on. Every kind of
/// call asks here.
/// </summary>
internal sealed class MethodTerms
{
    private readonly RpcMethod _method;
    private readonly RpcHeaders? _headers;
    private readonly RpcHeaders? _baggage;
    private readonly CallTerms _defaults;
    private readonly CredentialStore? _credentials;
    private AuthorizedTerms? _authorized;

    /// <param name="method">The method.</param>
    /// <param name="clientTimeoutMs">The client's limit for methods of this kind, in milliseconds; -1 for none.</param>
    /// <param name="clientHeaders">The client's headers; null for none.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    /// <param name="credentials">Where calls without a credential of their own get one; null for nowhere.</param>
    public MethodTerms(
        RpcMethod method, int clientTimeoutMs, RpcHeaders? clientHeaders, RpcCallOptions? proxy, CredentialStore? credentials = null)
    {
        _method = method;
        _credentials = credentials;
        _headers = Merge(clientHeaders, proxy?.Headers);
        _baggage = Merge(null, proxy?.Baggage);
        int timeoutMs = method.TimeoutMs != 0 ? method.TimeoutMs : clientTimeoutMs;
        if (proxy?.Timeout is { } timeout) timeoutMs = (int)timeout.TotalMilliseconds; // Infinite is -1 in both forms.
        _defaults = new CallTerms
        {
            TimeoutMs = timeoutMs,
            Headers = Encode(_headers, _baggage),
            HasCredential = HasCredential(_headers, _baggage),
        };
    }

    /// <summary>What a call that is made here and now is made with.</summary>
    /// <returns>Null when a credential has to be asked for: <see cref="GetAsync"/>.</returns>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.DeadlineExceeded"/>: its time has passed before it was made.</exception>
    public CallTerms? TryGet()
    {
        CallTerms own = Get(out RpcHeaders? headers, out RpcHeaders? baggage);
        if (_credentials is null || own.HasCredential) return own;
        return _credentials.Current is { } credential ? Authorize(own, headers, baggage, credential) : null;
    }

    /// <summary>What a call that is made here and now is made with, once there is a credential for it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is no credential, or the call's time has passed before it was made.</exception>
    public async ValueTask<CallTerms> GetAsync(CancellationToken cancellationToken)
    {
        CallTerms own = Get(out RpcHeaders? headers, out RpcHeaders? baggage);
        if (_credentials is null || own.HasCredential) return own;
        RpcCredential credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        return Authorize(own, headers, baggage, credential);
    }

    /// <summary>What a header of a call that is made here and now has: the nearest has the say, as with all that calls are made with.</summary>
    public string? FindHeader(string name)
    {
        if (AmbientContext.MayHaveValue && AmbientContext.Value is { } ambient)
        {
            for (RpcCallScope? scope = RpcCallScope.Innermost(ambient); scope is not null; scope = scope.Outer)
            {
                if (scope.Options.Headers.TryGetValue(name, out string? near) || scope.Options.Baggage.TryGetValue(name, out near)) return near;
            }

            RpcContext? context = ambient as RpcContext ?? (ambient as RpcCallScope)?.Context;
            if (context is not null && context.Baggage.TryGetValue(name, out string? passedOn)) return passedOn;
        }

        return _headers?.TryGetValue(name, out string? own) is true || _baggage?.TryGetValue(name, out own) is true ? own : null;
    }

    private CallTerms Get(out RpcHeaders? headers, out RpcHeaders? baggage)
    {
        headers = _headers;
        baggage = _baggage;
        return AmbientContext.MayHaveValue && AmbientContext.Value is { } ambient
            ? Under(ambient, out headers, out baggage)
            : _defaults;
    }

    private CallTerms Authorize(CallTerms own, RpcHeaders? headers, RpcHeaders? baggage, RpcCredential credential)
    {
        AuthorizedTerms? last = _authorized;
        if (own == _defaults && last?.Credential == credential) return last.Terms;
        RpcHeaders sent = new();
        sent.AddChecked(Secrets.HeaderName, credential.Value);
        CallTerms terms = new()
        {
            TimeoutMs = own.TimeoutMs,
            Headers = Encode(Merge(headers, sent), baggage),
            HasCredential = true,
            Credential = credential,
            Scope = own.Scope,
            Inherited = own.Inherited,
        };
        if (own == _defaults) _authorized = new AuthorizedTerms(credential, terms);
        return terms;
    }

    private static bool HasCredential(RpcHeaders? headers, RpcHeaders? baggage) =>
        headers?.TryGetValue(Secrets.HeaderName, out _) is true || baggage?.TryGetValue(Secrets.HeaderName, out _) is true;

    private static RpcHeaders? Merge(RpcHeaders? far, RpcHeaders? near)
    {
        if (near is null || near.Count == 0) return far is null || far.Count == 0 ? null : far;
        if (far is null || far.Count == 0) return near;
        RpcHeaders merged = far.Copy();
        merged.Override(near);
        return merged;
    }

    private static byte[]? Encode(RpcHeaders? headers, RpcHeaders? baggage) =>
        HeaderBlock.Encode(HeaderKind.Hop, headers, HeaderKind.Baggage, baggage);

    private CallTerms Under(object ambient, out RpcHeaders? headers, out RpcHeaders? baggage)
    {
        headers = _headers;
        baggage = _baggage;
        RpcCallScope? scope = RpcCallScope.Innermost(ambient);
        RpcContext? context = ambient as RpcContext ?? ((RpcCallScope?)ambient as RpcCallScope)?.Context;
        if (scope is null && context is null) return _defaults;

        baggage = Merge(context?.Baggage, _baggage);
        long expires = long.MaxValue;
        bool decided = false;
        if (scope is not null) Ask(scope, ref headers, ref baggage, ref expires, ref decided);

        int timeoutMs = decided ? -1 : _defaults.TimeoutMs;
        bool underContext = context is { HasEnded: false };
        if (underContext) expires = Math.Min(expires, context!.Deadline);
        if (expires != long.MaxValue)
        {
            long remaining = expires - Environment.TickCount64;
            if (remaining <= 0) throw TooLate(underContext && context!.Deadline <= expires ? context : null);
            if (timeoutMs < 0 || remaining < timeoutMs) timeoutMs = (int)Math.Min(remaining, int.MaxValue);
        }

        bool changed = !ReferenceEquals(headers, _headers) || !ReferenceEquals(baggage, _baggage);
        return new CallTerms
        {
            TimeoutMs = timeoutMs,
            Headers = changed ? Encode(headers, baggage) : _defaults.Headers,
            HasCredential = changed ? HasCredential(headers, baggage) : _defaults.HasCredential,
            Scope = scope,
            Inherited = underContext ? context!.CancellationToken : CancellationToken.None,
        };
    }

    /// <summary>Asks the scopes from the outermost to the innermost.</summary>
    private static void Ask(RpcCallScope scope, ref RpcHeaders? headers, ref RpcHeaders? baggage, ref long expires, ref bool decided)
    {
        if (scope.Outer is { } outer) Ask(outer, ref headers, ref baggage, ref expires, ref decided);
        headers = Merge(headers, scope.Options.Headers);
        baggage = Merge(baggage, scope.Options.Baggage);
        decided |= scope.Options.Timeout is not null;
        expires = Math.Min(expires, scope.Expires);
    }

    private RpcException TooLate(RpcContext? context) => new(
        RpcStatusCode.DeadlineExceeded,
        context is not null
            ? $"{_method.FullName} was not sent: the time that the caller of {context.Method}, whose handler calls it, allowed has passed."
            : $"{_method.FullName} was not sent: the time of the RpcCallScope that it is called in has passed.")
    {
        Progress = RpcCallProgress.NotSent,
    };

    /// <summary>What calls without anything of their own are made with, and the credential in it.</summary>
    private sealed record AuthorizedTerms(RpcCredential Credential, CallTerms Terms);
}
