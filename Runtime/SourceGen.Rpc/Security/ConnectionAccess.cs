using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>
/// Who calls over one connection: whoever opened it, unless a call brings a credential of its own. The receiver asks for each
/// request, and is answered from what is known already; what is not runs where handlers do.
/// </summary>
internal sealed class ConnectionAccess
{
    private readonly AccessControl _control;
    private readonly RpcAddress _peer;
    private readonly X509Certificate2? _certificate;
    private readonly bool _sentCredential;
    private readonly int _methodCount;
    private readonly long _mostHeld;
    private readonly CredentialMemory _memory;
    private long _held;

    /// <param name="control">The server's.</param>
    /// <param name="peer">Where the connection comes from.</param>
    /// <param name="certificate">The client's certificate, or null.</param>
    /// <param name="established">Who opened the connection; null when that was not established.</param>
    /// <param name="sentCredential">Whether the client's hello had a credential.</param>
    /// <param name="methodCount">How many methods the connection offers.</param>
    /// <param name="mostHeld">How many bytes of requests may wait for their callers to be judged.</param>
    public ConnectionAccess(
        AccessControl control,
        RpcAddress peer,
        X509Certificate2? certificate,
        RpcAuthenticationResult? established,
        bool sentCredential,
        int methodCount,
        long mostHeld)
    {
        _control = control;
        _peer = peer;
        _certificate = certificate;
        _sentCredential = sentCredential;
        _methodCount = methodCount;
        _mostHeld = mostHeld;
        _memory = new CredentialMemory(control.MaxRemembered, control.RememberMs);
        if (established is { Principal: { } principal, Expires: var expires }) Owner = new CallerIdentity(principal, expires, methodCount);
    }

    /// <summary>Who opened the connection; null when that was not established.</summary>
    public CallerIdentity? Owner { get; }

    /// <summary>Who opened the connection, as handlers see it.</summary>
    public ClaimsPrincipal? User => Owner?.Principal;

    /// <summary>Whether the peer is somebody that may learn what there is.</summary>
    public bool IsAuthenticated => Owner is { IsExpired: false };

    /// <summary>Credentials of calls that are remembered.</summary>
    public int Remembered => _memory.Count;

    /// <summary>Bytes of requests that wait for their callers to be judged.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Decides about a request at once, if that is possible. For the receiver alone.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="number">Its number.</param>
    /// <param name="headers">The call's headers, or null.</param>
    /// <param name="verdict">The decision.</param>
    /// <returns>False when it takes the user's code to decide: <see cref="DecideAsync"/>.</returns>
    public bool TryDecide(ServerMethod method, int number, RpcHeaders? headers, out AccessVerdict verdict)
    {
        CallerIdentity? caller = Owner;
        if (headers is not null && headers.TryGetSingle(Secrets.HeaderName, out string? credential, out bool several))
        {
            if (several)
            {
                verdict = Refuse(AccessErrors.SeveralCredentials);
                return true;
            }

            if (!_memory.TryRecall(credential, out CallerIdentity? known))
            {
                verdict = default;
                return false;
            }

            caller = known ?? caller;
        }

        return TryDecide(caller, method, number, headers is not null, out verdict);
    }

    /// <summary>Decides about a request: asks authenticators and policies. Never throws but for the token.</summary>
    /// <exception cref="OperationCanceledException">The call was given up.</exception>
    public async ValueTask<AccessVerdict> DecideAsync(
        ServerMethod method, int number, RpcHeaders? headers, CancellationToken cancellationToken)
    {
        CallerIdentity? caller = Owner;
        if (headers is not null && headers.TryGetSingle(Secrets.HeaderName, out string? credential, out _))
        {
            JudgedCredential judged = await _memory.JudgeAsync(credential, JudgeAsync).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (judged.Refusal is { } refusal) return method.Access!.AllowsAnonymous ? default : Refuse(refusal);
            caller = judged.Caller ?? caller;
        }

        if (TryDecide(caller, method, number, headers is not null, out AccessVerdict verdict)) return verdict;
        (AccessDecision decision, ErrorMessage? missing) = await _control.AuthorizeAsync(caller!, method.Method, method.Access!)
            .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (decision == AccessDecision.Allowed) caller!.Remember(number, decision);
        if (decision == AccessDecision.Denied) caller!.Deny(number, missing!);
        return missing is null ? new AccessVerdict(caller!.Principal, null) : Refuse(missing);
    }

    /// <summary>Why somebody unknown may not know whether there is a method of a number; null for those who are known.</summary>
    public ErrorMessage? RefuseStranger() => IsAuthenticated ? null : Refuse(WhyNot(Owner, hasHeader: false)).Refusal;

    /// <summary>Whether the peer may have the description of a method's service.</summary>
    public bool MayDescribe(ServerMethod method) =>
        IsAuthenticated || _control.DescribesToAnonymous || method.Access!.DescribesToAnonymous;

    /// <summary>Reserves room for a request that waits for its caller to be judged. For the receiver alone.</summary>
    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= _mostHeld) return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>Gives the room back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);

    /// <summary>Counts a refusal.</summary>
    public AccessVerdict Refuse(ErrorMessage refusal) => new(null, _control.Count(_peer, refusal));

    private bool TryDecide(CallerIdentity? caller, ServerMethod method, int number, bool hasHeader, out AccessVerdict verdict)
    {
        MethodAccess access = method.Access!;
        if (caller is not { IsExpired: false })
        {
            verdict = access.AllowsAnonymous ? default : Refuse(WhyNot(caller, hasHeader));
            return true;
        }

        AccessDecision decision = access.Requirements.Length == 0 ? AccessDecision.Allowed : caller.DecisionOf(number);
        verdict = decision == AccessDecision.Denied ? Refuse(caller.ReasonAgainst(number)) : new AccessVerdict(caller.Principal, null);
        return decision != AccessDecision.Open;
    }

    private ErrorMessage WhyNot(CallerIdentity? caller, bool hasHeader)
    {
        if (caller is not null) return AccessErrors.Expired;
        return _sentCredential || hasHeader ? AccessErrors.UnknownCredential : AccessErrors.NoCredential;
    }

    private async Task<JudgedCredential> JudgeAsync(string credential)
    {
        AuthenticationOutcome outcome = await _control.AuthenticateAsync(
            _peer, credential, _certificate, User, isCall: true, _control.CheckTimeout, CancellationToken.None).ConfigureAwait(false);
        CallerIdentity? caller = outcome.Result is { Principal: { } principal } result
            ? new CallerIdentity(principal, result.Expires, _methodCount)
            : null;
        return new JudgedCredential(caller, outcome.Refusal);
    }
}
