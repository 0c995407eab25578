using System.Runtime.CompilerServices;
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

    /// <summary>Clients that may watch at the same time. Each costs a call with a stream, and is woken by every change.</summary>
    internal const int MaxWatchers = 1000;

    // Sets, not a dictionary of statuses: those of text are in every native binary already.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _serving = new(StringComparer.Ordinal);
    private readonly HashSet<string> _notServing = new(StringComparer.Ordinal);
    private HashSet<string>? _offered;
    private TaskCompletionSource? _changed;
    private int _watchers;
    private bool _stopped;

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
        lock (_gate) return Find(service);
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

        lock (_gate)
        {
            _serving.Remove(service);
            _notServing.Remove(service);
            if (status != ServingStatus.Unknown) (status == ServingStatus.Serving ? _serving : _notServing).Add(service);
            SignalChange();
        }
    }

    /// <summary>Sets the status of a service.</summary>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="status">The status; <see cref="ServingStatus.Unknown"/> forgets what was set before.</param>
    public void SetStatus<TService>(ServingStatus status)
        where TService : class, IRpcContract<TService> => SetStatus(TService.Contract.Name, status);

    /// <summary>The server listens.</summary>
    internal void Start(IEnumerable<string> services)
    {
        lock (_gate)
        {
            _offered = new HashSet<string>(services, StringComparer.Ordinal);
            SignalChange();
        }
    }

    /// <summary>The server stops, and does not come back.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _offered = null;
            _stopped = true;
            SignalChange();
        }
    }

    /// <summary>
    /// The status of a name at once, and again whenever it is another one; who is slow misses what lay between. Ends with the server, after
    /// its last status.
    /// </summary>
    /// <param name="service">The name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.ResourceExhausted"/>: too many watch already.</exception>
    internal async IAsyncEnumerable<ServingStatus> WatchAsync(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Increment(ref _watchers) > MaxWatchers)
        {
            Interlocked.Decrement(ref _watchers);
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"The server's health is watched by {MaxWatchers:N0} clients already. Ask now and then with Check.");
        }

        try
        {
            ServingStatus? last = null;
            while (true)
            {
                ServingStatus now;
                bool stopped;
                Task changed;
                lock (_gate)
                {
                    now = Find(service);
                    stopped = _stopped;
                    changed = NextChange();
                }

                if (now != last) yield return now;
                last = now;
                if (stopped) yield break;
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    /// <summary>Completes with the next change of any status.</summary>
    internal Task WhenChanged()
    {
        lock (_gate) return NextChange();
    }

    /// <summary>Completes with the next change. The gate is held.</summary>
    private Task NextChange() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>What a name has. The gate is held.</summary>
    private ServingStatus Find(string service)
    {
        bool isSet = _serving.Contains(service) || _notServing.Contains(service);
        if (!isSet && service.Length > 0 && _offered?.Contains(service) != true) return ServingStatus.Unknown;
        if (_offered is null) return ServingStatus.NotServing;
        return _notServing.Contains(isSet ? service : Server) ? ServingStatus.NotServing : ServingStatus.Serving;
    }

    /// <summary>Wakes those who watch. The gate is held.</summary>
    private void SignalChange()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
