using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>
/// Who may call a server. Without authenticators everybody may; with one, every method asks for an authenticated caller unless it says
/// otherwise, the server's built-in services included.
/// </summary>
public sealed class RpcAccessOptions
{
    private readonly Dictionary<string, Func<ClaimsPrincipal, CancellationToken, ValueTask<bool>>> _policies = new(StringComparer.Ordinal);
    private readonly List<AccessRule> _rules = [];

    internal RpcAccessOptions()
    {
    }

    /// <summary>Who finds out who calls, in the order they are asked. Default: nobody, and everybody may call.</summary>
    public IList<IRpcAuthenticator> Authenticators { get; } = [];

    /// <summary>
    /// Whether a client must authenticate when it connects. One that does not is refused before it learns which services there are; without
    /// this, clients may also authenticate call by call. Default: false.
    /// </summary>
    public bool RequireAuthenticatedConnections { get; set; }

    /// <summary>
    /// The built-in services that callers need not be authenticated for, such as <see cref="RpcBuiltInServices.Health"/> for load
    /// balancers. <see cref="RpcBuiltInServices.Describe"/> also opens the wire protocol's own descriptions. Default: none.
    /// </summary>
    public RpcBuiltInServices AnonymousBuiltIns { get; set; }

    /// <summary>How long authenticators may take for the credential of a call, and policies for a caller. Default: 5 seconds.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many credentials of calls are remembered for each connection, so that each is judged once; the oldest goes first. Default: 64.
    /// </summary>
    public int MaxRememberedCredentials { get; set; } = 64;

    /// <summary>
    /// For how long the credential of a call is remembered at most; it ends earlier when its principal expires. Default: 5 minutes.
    /// </summary>
    public TimeSpan RememberCredentialsFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many credentials are judged at once, of all connections together; whoever comes with a further one is refused with
    /// <see cref="RpcStatusCode.ResourceExhausted"/>. Default: 1,000.
    /// </summary>
    public int MaxConcurrentChecks { get; set; } = 1000;

    /// <summary>The policies by name.</summary>
    internal IReadOnlyDictionary<string, Func<ClaimsPrincipal, CancellationToken, ValueTask<bool>>> Policies => _policies;

    /// <summary>What was said of services here.</summary>
    internal IReadOnlyList<AccessRule> Rules => _rules;

    /// <summary>Adds a <see cref="RpcBearerAuthenticator"/>.</summary>
    /// <param name="judge">Gets the principal of a token; null when it is not valid.</param>
    /// <returns>These options.</returns>
    public RpcAccessOptions AddBearerTokens(Func<string, ClaimsPrincipal?> judge) => Add(new RpcBearerAuthenticator(judge));

    /// <summary>Adds a <see cref="RpcBearerAuthenticator"/>.</summary>
    /// <param name="judge">Judges a token; it may wait, and say until when the token is valid.</param>
    /// <returns>These options.</returns>
    public RpcAccessOptions AddBearerTokens(Func<string, CancellationToken, ValueTask<RpcAuthenticationResult>> judge) =>
        Add(new RpcBearerAuthenticator(judge));

    /// <summary>Adds a <see cref="RpcCertificateAuthenticator"/>.</summary>
    /// <param name="describe">Gets the principal of a certificate; null when it is not let in. Default: its name, for every one.</param>
    /// <returns>These options.</returns>
    public RpcAccessOptions AddClientCertificates(Func<X509Certificate2, ClaimsPrincipal?>? describe = null) =>
        Add(new RpcCertificateAuthenticator(describe));

    /// <summary>Defines a policy.</summary>
    /// <param name="name">The name that <see cref="RequireAuthorizationAttribute.Policy"/> means.</param>
    /// <param name="isFulfilled">
    /// Whether a caller fulfils it. It is asked once for each caller and method, and the answer holds as long as the caller's credential.
    /// </param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is empty, or there is a policy of that name.</exception>
    public RpcAccessOptions AddPolicy(string name, Func<ClaimsPrincipal, bool> isFulfilled)
    {
        ArgumentNullException.ThrowIfNull(isFulfilled);
        return AddPolicy(name, (user, _) => new ValueTask<bool>(isFulfilled(user)));
    }

    /// <summary>Defines a policy that has to wait for its answer.</summary>
    /// <param name="name">The name that <see cref="RequireAuthorizationAttribute.Policy"/> means.</param>
    /// <param name="isFulfilled">
    /// Whether a caller fulfils it. It is asked once for each caller and method, and the answer holds as long as the caller's credential.
    /// </param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is empty, or there is a policy of that name.</exception>
    public RpcAccessOptions AddPolicy(string name, Func<ClaimsPrincipal, CancellationToken, ValueTask<bool>> isFulfilled)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(isFulfilled);
        if (!_policies.TryAdd(name, isFulfilled))
            throw new ArgumentException($"There is a policy '{name}' already; give one of the two another name.", nameof(name));
        return this;
    }

    /// <summary>Asks something of the callers of a service, beside what its contract asks.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="policy">The name of a policy; null for none.</param>
    /// <param name="roles">Roles of which callers need one; null for none.</param>
    /// <param name="methods">Names of methods on the wire; null for all methods of the service.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The roles are empty.</exception>
    public RpcAccessOptions Require<TService>(string? policy = null, string[]? roles = null, string[]? methods = null)
        where TService : class, IRpcContract<TService>
    {
        if (roles is { Length: 0 } || roles?.Any(string.IsNullOrWhiteSpace) is true)
            throw new ArgumentException("An empty list of roles, or an empty role, is fulfilled by nobody; leave it out.", nameof(roles));
        _rules.Add(new AccessRule(TService.Contract, methods ?? [], new RpcAuthorization(policy, roles ?? [])));
        return this;
    }

    /// <summary>Lets everybody call methods of a service of which neither the contract nor <see cref="Require"/> asks anything.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="methods">Names of methods on the wire; none for all methods of the service.</param>
    /// <returns>These options.</returns>
    public RpcAccessOptions AllowAnonymous<TService>(params string[] methods)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(methods);
        _rules.Add(new AccessRule(TService.Contract, [.. methods], Requirement: null));
        return this;
    }

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Validate()
    {
        RequireTime(CheckTimeout, nameof(CheckTimeout));
        RequireTime(RememberCredentialsFor, nameof(RememberCredentialsFor));
        RequireCount(MaxRememberedCredentials, nameof(MaxRememberedCredentials), 10_000);
        RequireCount(MaxConcurrentChecks, nameof(MaxConcurrentChecks), 1_000_000);
        if ((AnonymousBuiltIns & ~RpcBuiltInServices.All) != 0)
        {
            throw new ArgumentException(
                $"{nameof(AnonymousBuiltIns)} is {AnonymousBuiltIns}; it must be made of Health, Describe and Stats.");
        }

        if (Authenticators.Contains(null!)) throw new ArgumentException($"{nameof(Authenticators)} has an entry that is null.");
        if (Authenticators.Count == 0 && RequireAuthenticatedConnections)
        {
            throw new ArgumentException(
                $"{nameof(RequireAuthenticatedConnections)} is set, and there is no authenticator, so that nobody could connect; add one to "
                + $"{nameof(RpcServerOptions.Access)}.{nameof(Authenticators)}.");
        }
    }

    private RpcAccessOptions Add(IRpcAuthenticator authenticator)
    {
        Authenticators.Add(authenticator);
        return this;
    }

    private static void RequireTime(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            throw new ArgumentException($"{name} is {value}; it must be more than zero and at most a day.");
    }

    private static void RequireCount(int value, string name, int most)
    {
        if (value < 1 || value > most) throw new ArgumentException($"{name} is {value:N0}; it must be from 1 to {most:N0}.");
    }
}
