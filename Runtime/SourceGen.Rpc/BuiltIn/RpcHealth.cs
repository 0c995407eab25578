using System.Collections.Concurrent;
using System.Collections.Frozen;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// What a server says about its readiness, to clients through <c>rpc.Health</c> and to its own program. Before it has started, and from the
/// moment it stops, everything is <see cref="ServingStatus.NotServing"/>. In between the server and its services are
/// <see cref="ServingStatus.Serving"/> unless the program sets something else. Thread safe.
/// </summary>
public sealed class RpcHealth
{
    /// <summary>The name that stands for the server as a whole.</summary>
    public const string Server = "";

    private readonly ConcurrentDictionary<string, ServingStatus> _set = new(StringComparer.Ordinal);
    private volatile FrozenSet<string>? _offered;

    internal RpcHealth()
    {
    }

    /// <summary>Gets the status of a service, or of the server.</summary>
    /// <param name="service">The service's name on the wire; empty for the server as a whole.</param>
    /// <returns>
    /// What was set for that name. Where nothing was: for a service that the server offers, the server's status; for the server,
    /// <see cref="ServingStatus.Serving"/>; for any other name, <see cref="ServingStatus.Unknown"/>.
    /// </returns>
    public ServingStatus GetStatus(string service = Server)
    {
        ArgumentNullException.ThrowIfNull(service);
        FrozenSet<string>? offered = _offered;
        bool known = service.Length == 0 || offered?.Contains(service) == true;
        if (!known && !_set.ContainsKey(service)) return ServingStatus.Unknown;
        if (offered is null) return ServingStatus.NotServing;
        if (_set.TryGetValue(service, out ServingStatus status)) return status;
        return _set.GetValueOrDefault(Server, ServingStatus.Serving);
    }

    /// <summary>Sets the status of a service, or of the server.</summary>
    /// <param name="service">
    /// The service's name on the wire; empty for the server as a whole, whose status its services have that have none of their own.
    /// Any other name will do too, for a part of the program that clients ask about.
    /// </param>
    /// <param name="status">The status; <see cref="ServingStatus.Unknown"/> forgets what was set before.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a status.</exception>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (status is < ServingStatus.Unknown or > ServingStatus.NotServing)
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "A status is Unknown, Serving or NotServing.");
        }

        if (status == ServingStatus.Unknown) _set.TryRemove(service, out ServingStatus _);
        else _set[service] = status;
    }

    /// <summary>Sets the status of a service.</summary>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="status">The status; <see cref="ServingStatus.Unknown"/> forgets what was set before.</param>
    public void SetStatus<TService>(ServingStatus status)
        where TService : class, IRpcContract<TService> => SetStatus(TService.Contract.Name, status);

    /// <summary>The server listens.</summary>
    internal void Start(IEnumerable<string> services) => _offered = services.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The server stops, and does not come back.</summary>
    internal void Stop() => _offered = null;
}
