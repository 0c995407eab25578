using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>
/// A server's authenticators, and what its methods ask of callers. A server without authenticators has none of this, and its calls
/// only look at a null.
/// </summary>
internal sealed class AccessControl
{
    /// <summary>The log would be the next thing to be flooded: one refusal in so many is logged, the first included.</summary>
    private const int RefusalsBetweenLogs = 10_000;

    private readonly RpcAccessOptions _options;
    private readonly IRpcAuthenticator[] _authenticators;
    private readonly RejectionCounters _rejections;
    private readonly ILogger _logger;
    private int _checks;

    private AccessControl(RpcAccessOptions options, RejectionCounters rejections, ILogger logger)
    {
        _options = options;
        _authenticators = [.. options.Authenticators];
        _rejections = rejections;
        _logger = logger;
        MaxRemembered = options.MaxRememberedCredentials;
        RememberMs = (long)options.RememberCredentialsFor.TotalMilliseconds;
        CheckTimeout = options.CheckTimeout;
        RequiresAuthenticatedConnections = options.RequireAuthenticatedConnections;
        DescribesToAnonymous = (options.AnonymousBuiltIns & RpcBuiltInServices.Describe) != 0;
    }

    /// <summary>See <see cref="RpcAccessOptions.MaxRememberedCredentials"/>.</summary>
    public int MaxRemembered { get; }

    /// <summary>See <see cref="RpcAccessOptions.RememberCredentialsFor"/>, in milliseconds.</summary>
    public long RememberMs { get; }

    /// <summary>See <see cref="RpcAccessOptions.CheckTimeout"/>.</summary>
    public TimeSpan CheckTimeout { get; }

    /// <summary>See <see cref="RpcAccessOptions.RequireAuthenticatedConnections"/>.</summary>
    public bool RequiresAuthenticatedConnections { get; }

    /// <summary>Whether everybody may have the descriptions of all services.</summary>
    public bool DescribesToAnonymous { get; }

    /// <summary>Credentials that are being judged, also those that nobody waits for any more.</summary>
    public int Checks => Volatile.Read(ref _checks);

    /// <summary>Makes what the options ask for; null when they have no authenticator.</summary>
    /// <exception cref="ArgumentException">Something asks for authorization and nobody authenticates, or a rule is wrong.</exception>
    public static AccessControl? Create(
        RpcServerOptions options, IReadOnlyList<ServiceRegistration> services, RejectionCounters rejections, ILogger logger)
    {
        RpcAccessOptions access = options.Access;
        CheckRules(access, services);
        if (access.Authenticators.Count > 0) return new AccessControl(access, rejections, logger);
        RpcMethod? demanding = services
            .SelectMany(static service => service.Contract.Methods)
            .FirstOrDefault(method => method.Authorization.Count > 0
                || access.Rules.Any(rule => rule.Requirement is not null && rule.AppliesTo(method)));
        return demanding is null
            ? null
            : throw new ArgumentException(
                $"{demanding.FullName} requires authorization, and the server authenticates nobody: add an authenticator, for example "
                + "options.Access.AddBearerTokens(token => ...).");
    }

    /// <summary>Puts together what the contract and the options ask of a service's callers, method by method.</summary>
    /// <exception cref="ArgumentException">A policy does not exist, or options and contract contradict each other.</exception>
    public MethodAccess[] Bind(ServiceRegistration service)
    {
        bool isOpen = IsOpenBuiltIn(service.Contract.Name);
        MethodAccess[] methods = [.. service.Contract.Methods.Select(method => Bind(method, isOpen))];
        bool describes = methods.Any(static method => method.AllowsAnonymous);
        foreach (MethodAccess method in methods) method.DescribesToAnonymous = describes;
        return methods;
    }

    /// <summary>Asks the authenticators, one after the other, on the thread pool, for so long and until nobody waits any more.</summary>
    /// <returns>The outcome; never an exception.</returns>
    public async Task<AuthenticationOutcome> AuthenticateAsync(
        RpcAddress peer, string? credential, X509Certificate2? certificate, ClaimsPrincipal? connectionUser,
        bool isCall, TimeSpan limit, CancellationToken giveUp)
    {
        if (credential?.Length > Secrets.MaxLength) return Refuse(peer, AccessErrors.TooLong);
        if (Interlocked.Increment(ref _checks) > _options.MaxConcurrentChecks)
        {
            Interlocked.Decrement(ref _checks);
            AccessLog.TooManyChecks(_logger, peer, _options.MaxConcurrentChecks);
            return Refuse(peer, AccessErrors.TooManyChecks);
        }

        RpcAuthenticationContext context = new(peer, credential, isCall)
        {
            ClientCertificate = certificate,
            ConnectionUser = connectionUser,
        };
        CancellationTokenSource timeout = new();
        Task<AuthenticationOutcome> asking = Task.Run(() => AskAsync(context, timeout)); // An authenticator may block, and has no right to.
        try
        {
            return await asking.WaitAsync(limit, giveUp).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (e is TimeoutException) AccessLog.AuthenticatorTimedOut(_logger, peer, limit);
            ThreadPool.UnsafeQueueUserWorkItem(static timeout => CancelSafely(timeout), timeout, preferLocal: false);
            return new AuthenticationOutcome(null, AccessErrors.CheckTimedOut);
        }
    }

    /// <summary>Asks whether a caller has everything that a method asks for.</summary>
    /// <returns>Null, or the answer to the caller; never an exception.</returns>
    public async ValueTask<(AccessDecision Decision, ErrorMessage? Refusal)> AuthorizeAsync(
        CallerIdentity caller, RpcMethod method, MethodAccess access)
    {
        using CancellationTokenSource timeout = new();
        timeout.CancelAfter(CheckTimeout);
        try
        {
            foreach (AccessRequirement requirement in access.Requirements)
            {
                ValueTask<string?> asking = requirement.FindMissingAsync(caller.Principal, timeout.Token);
                string? missing = asking.IsCompleted
                    ? await asking.ConfigureAwait(false)
                    : await asking.AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
                if (missing is not null) return (AccessDecision.Denied, AccessErrors.Denied(method.FullName, missing));
            }

            return (AccessDecision.Allowed, null);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            AccessLog.PolicyFailed(_logger, method.FullName, new TimeoutException($"It did not come to an end within {CheckTimeout}.", e));
            return (AccessDecision.Open, AccessErrors.CheckTimedOut);
        }
        catch (Exception e)
        {
            AccessLog.PolicyFailed(_logger, method.FullName, e);
            return (AccessDecision.Open, AccessErrors.CheckFailed);
        }
    }

    /// <summary>Counts a call that is refused, and notes some of them.</summary>
    public ErrorMessage Count(RpcAddress peer, ErrorMessage refusal)
    {
        long count = refusal.Code == RpcStatusCode.PermissionDenied ? _rejections.CountDenied() : _rejections.CountUnauthenticated();
        if (count % RefusalsBetweenLogs == 1) AccessLog.CallRefused(_logger, peer, refusal.Code, refusal.Detail, count);
        return refusal;
    }

    private static void CheckRules(RpcAccessOptions access, IReadOnlyList<ServiceRegistration> services)
    {
        foreach (AccessRule rule in access.Rules)
        {
            if (services.All(service => service.Contract != rule.Contract))
            {
                throw new ArgumentException(
                    $"{nameof(RpcServerOptions.Access)} has a rule for {rule.Contract.Name}, which the server does not offer; add the service, "
                    + "or remove the rule.");
            }

            string? unknown = rule.Methods.FirstOrDefault(
                name => rule.Contract.Methods.All(method => name != method.Name && name != method.FullName));
            if (unknown is null) continue;
            throw new ArgumentException(
                $"{nameof(RpcServerOptions.Access)} has a rule for the method '{unknown}' of {rule.Contract.Name}, which has "
                + $"{string.Join(", ", rule.Contract.Methods.Select(static method => method.Name))}.");
        }
    }

    private static void CancelSafely(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the authenticator's own threw; nobody waits for what it comes to.
        }
    }

    private bool IsOpenBuiltIn(string service) => service switch
    {
        "rpc.Health" => (_options.AnonymousBuiltIns & RpcBuiltInServices.Health) != 0,
        "rpc.Describe" => (_options.AnonymousBuiltIns & RpcBuiltInServices.Describe) != 0,
        "rpc.Stats" => (_options.AnonymousBuiltIns & RpcBuiltInServices.Stats) != 0,
        _ => false,
    };

    private MethodAccess Bind(RpcMethod method, bool isOpenBuiltIn)
    {
        List<AccessRequirement> requirements = [];
        bool isAsked = method.Authorization.Count > 0;
        bool isOpened = false;
        foreach (RpcAuthorization asked in method.Authorization) Add(asked, isPublic: true);
        foreach (AccessRule rule in _options.Rules)
        {
            if (!rule.AppliesTo(method)) continue;
            isAsked |= rule.Requirement is not null;
            isOpened |= rule.Requirement is null;
            if (rule.Requirement is { } asked) Add(asked, isPublic: false);
        }

        if (isAsked && isOpened)
        {
            throw new ArgumentException(
                $"{nameof(RpcServerOptions.Access)} allows everybody to call {method.FullName}, which requires authorization; remove one of "
                + "the two.");
        }

        return new MethodAccess(!isAsked && (isOpened || isOpenBuiltIn || method.AllowsAnonymous), [.. requirements]);

        void Add(RpcAuthorization asked, bool isPublic)
        {
            // One that only asks for an authenticated caller asks for nothing that is not asked for anyway.
            if (asked.Policy is null && asked.Roles.Count == 0) return;
            Func<ClaimsPrincipal, CancellationToken, ValueTask<bool>>? policy = null;
            if (asked.Policy is { } name && !_options.Policies.TryGetValue(name, out policy))
            {
                string known = _options.Policies.Count == 0 ? "it has none" : $"it has {string.Join(", ", _options.Policies.Keys)}";
                throw new ArgumentException(
                    $"{method.FullName} requires the policy '{name}', which this server does not define ({known}): add it with "
                    + $"options.Access.AddPolicy(\"{name}\", user => ...).");
            }

            requirements.Add(new AccessRequirement([.. asked.Roles], asked.Policy, policy, isPublic));
        }
    }

    private async Task<AuthenticationOutcome> AskAsync(RpcAuthenticationContext context, CancellationTokenSource timeout)
    {
        string asked = "";
        try
        {
            foreach (IRpcAuthenticator authenticator in _authenticators)
            {
                asked = authenticator.ToString() ?? authenticator.GetType().Name;
                RpcAuthenticationResult result = await authenticator.AuthenticateAsync(context, timeout.Token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException("It returned null; return RpcAuthenticationResult.NoResult instead.");
                if (result.FailureReason is { } reason)
                    return NotAccepted(context, Secrets.IsQuoted(reason, context.Credential) ? "its reason holds the credential" : reason);
                if (result.Principal is not null) return new AuthenticationOutcome(result, null);
            }

            return default;
        }
        catch (Exception e)
        {
            AccessLog.AuthenticatorFailed(_logger, asked, context.RemoteAddress, Secrets.TextOf(e, context.Credential));
            return new AuthenticationOutcome(null, AccessErrors.CheckFailed);
        }
        finally
        {
            Interlocked.Decrement(ref _checks); // Not before: one that never ends would otherwise be joined by more and more.
        }
    }

    private AuthenticationOutcome NotAccepted(RpcAuthenticationContext context, string reason)
    {
        long count = _rejections.CountCredential();
        if (count % RefusalsBetweenLogs == 1) AccessLog.NotAccepted(_logger, context.RemoteAddress, reason + ".", count);
        return new AuthenticationOutcome(null, AccessErrors.NotAccepted);
    }

    private AuthenticationOutcome Refuse(RpcAddress peer, ErrorMessage refusal)
    {
        long count = _rejections.CountCredential();
        if (count % RefusalsBetweenLogs == 1) AccessLog.NotAccepted(_logger, peer, refusal.Detail, count);
        return new AuthenticationOutcome(null, refusal);
    }
}
