using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// The directory over any registry. It follows each service that it was asked for once, keeps the last good answer while the registry is
/// down or answers as if it had lost its records, and asks again until it is back.
/// </summary>
public sealed class ServiceDirectory : IServiceDirectory
{
    private readonly IRegistry _registry;
    private readonly ServiceDirectoryOptions _options;
    private readonly SnapshotFiles? _files;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, FollowedService> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<(ServiceUrl, INotifyListener), DirectorySubscription> _subscriptions = [];
    private readonly HashSet<string> _lookedUp = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _created;
    private bool _isDisposed;

    /// <summary>Creates a directory. It asks the registry nothing before it is asked itself.</summary>
    /// <param name="registry">The registry, which stays the caller's to dispose of, after the directory.</param>
    /// <param name="options">How it is followed; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ServiceDirectory(IRegistry registry, ServiceDirectoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _options = (options ?? new ServiceDirectoryOptions()).Copy();
        _options.Validate();
        _logger = ContainedLogger.Create(_options.LoggerFactory, "SourceGen.Rpc.Discovery");
        if (_options.CachePath is { } path) _files = new SnapshotFiles(path, _logger);
        _created = _options.TimeProvider.GetUtcNow();
    }

    /// <summary>The registry's address, for messages.</summary>
    public string RegistryAddress => _registry.Address;

    /// <inheritdoc/>
    public RegistryState State
    {
        get
        {
            RegistryState? latest = null;
            foreach (FollowedService service in _services.Values)
            {
                RegistryState state = service.State;
                if (!state.IsConnected) return state;
                if (latest is null || state.Since > latest.Since) latest = state;
            }

            return latest ?? new RegistryState(IsConnected: true, _created);
        }
    }

    /// <inheritdoc/>
    public bool TryGet(string service, [NotNullWhen(true)] out ServiceSnapshot? snapshot)
    {
        snapshot = _services.TryGetValue(service, out FollowedService? followed) ? followed.Current : null;
        return snapshot is not null;
    }

    /// <inheritdoc/>
    public async ValueTask<ServiceSnapshot> GetAsync(string service, CancellationToken cancellationToken = default)
    {
        RequireName(service);
        FollowedService followed;
        lock (_gate)
        {
            followed = Follow(service);
            _lookedUp.Add(service);
        }

        ServiceSnapshot snapshot = await followed.GetAsync(acceptStale: true, cancellationToken).ConfigureAwait(false);
        return snapshot.Instances.IsEmpty ? throw RegistryErrors.NotFound(service, _registry.Address) : snapshot;
    }

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(ServiceUrl condition, INotifyListener listener, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(listener);
        string name = condition.ServiceName;
        RequireName(name);
        DirectorySubscription subscription = new(condition, listener, _logger);
        FollowedService followed;
        lock (_gate)
        {
            if (_subscriptions.ContainsKey((condition, listener)))
            {
                throw new InvalidOperationException($"The listener is subscribed to {condition} already.");
            }

            followed = Follow(name);
            _subscriptions.Add((condition, listener), subscription);
        }

        try
        {
            await CheckAsync(condition, followed, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                if (!_subscriptions.ContainsValue(subscription))
                {
                    throw new OperationCanceledException($"The subscription to {condition} was ended before it had begun.");
                }

                followed.Attach(subscription);
            }

            await subscription.Delivered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await UnsubscribeAsync(condition, listener).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnsubscribeAsync(ServiceUrl condition, INotifyListener listener)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(listener);
        DirectorySubscription? subscription;
        FollowedService? unused = null;
        lock (_gate)
        {
            if (!_subscriptions.Remove((condition, listener), out subscription)) return;
            string name = condition.ServiceName;
            if (_services.TryGetValue(name, out FollowedService? followed))
            {
                followed.Detach(subscription);
                bool isWanted = _lookedUp.Contains(name) || _subscriptions.Keys.Any(other => other.Item1.ServiceName == name);
                if (!isWanted && _services.TryRemove(name, out _)) unused = followed;
            }
        }

        await subscription.EndAsync().ConfigureAwait(false);
        if (unused is not null) await unused.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends all subscriptions and follows nothing any more. What was known can still be got.</summary>
    public async ValueTask DisposeAsync()
    {
        DirectorySubscription[] subscriptions;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            subscriptions = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }

        foreach (DirectorySubscription subscription in subscriptions) await subscription.EndAsync().ConfigureAwait(false);
        foreach (FollowedService service in _services.Values) await service.DisposeAsync().ConfigureAwait(false);
    }

    private static void RequireName(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (service.Length == 0) throw new ArgumentException("The service's name is empty.", nameof(service));
    }

    /// <summary>Makes sure of what a checked condition asks for, and otherwise that there is a first answer or failure.</summary>
    private async ValueTask CheckAsync(ServiceUrl condition, FollowedService followed, CancellationToken cancellationToken)
    {
        try
        {
            ServiceSnapshot known = await followed.GetAsync(acceptStale: !condition.IsChecked, cancellationToken).ConfigureAwait(false);
            if (condition.IsChecked && !known.Records.Any(condition.Selects))
            {
                throw RegistryErrors.NotFound(condition.ServiceKey, _registry.Address);
            }
        }
        catch (RpcException) when (!condition.IsChecked)
        {
            // Followed all the same: what is known later reaches the listener then.
        }
    }

    /// <summary>The service as it is followed, from now on or already. The gate is held.</summary>
    private FollowedService Follow(string name)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_services.TryGetValue(name, out FollowedService? followed)) return followed;
        if (_services.Count >= _options.MaxServices)
        {
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"{name} was not looked up: the directory follows {_services.Count:N0} services already (MaxServices).")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        followed = new FollowedService(_registry, name == ServiceUrl.Any ? null : name, _options, _files, _logger);
        _services[name] = followed;
        return followed;
    }
}
