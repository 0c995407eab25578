using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// One service that a directory follows, or all of them. One loop watches the registry and never gives up; another reads the service again
/// now and then. What they find becomes numbered snapshots.
/// </summary>
internal sealed class FollowedService : IAsyncDisposable
{
    private static readonly TimeSpan s_saveDelay = TimeSpan.FromMilliseconds(500);

    private readonly IRegistry _registry;
    private readonly string? _service;
    private readonly ServiceDirectoryOptions _options;
    private readonly SnapshotFiles? _files;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly NodeTable _table;
    private readonly ITimer _letGo;
    private readonly Task _loops;
    private ImmutableArray<DirectorySubscription> _subscriptions = [];
    private TaskCompletionSource<ServiceSnapshot> _first = NewSource();
    private volatile ServiceSnapshot? _current;
    private volatile RegistryState _state;
    private Task _saving = Task.CompletedTask;
    private bool _isLive;
    private bool _isSaving;
    private long _changes;

    public FollowedService(IRegistry registry, string? service, ServiceDirectoryOptions options, SnapshotFiles? files, ILogger logger)
    {
        _registry = registry;
        _service = service;
        _options = options;
        _files = files;
        _logger = logger;
        _table = new NodeTable(options.Grace);
        _state = new RegistryState(IsConnected: true, Now);
        _letGo = options.TimeProvider.CreateTimer(static self => ((FollowedService)self!).LetGo(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Instruments.Discovery.Add(this);
        _loops = Task.WhenAll(Task.Run(WatchAsync), service is null ? Task.CompletedTask : Task.Run(RefreshAsync));
    }

    /// <summary>The service's name; <c>*</c> for all.</summary>
    public string Name => _service ?? ServiceUrl.Any;

    /// <summary>What is known; null while nothing is.</summary>
    public ServiceSnapshot? Current => _current;

    /// <summary>Whether the registry answers.</summary>
    public RegistryState State => _state;

    /// <summary>Whether nobody subscribes to it.</summary>
    public bool IsUnheard => _subscriptions.IsEmpty;

    private DateTimeOffset Now => _options.TimeProvider.GetUtcNow();

    /// <summary>Gets what is known, waiting for the registry's first answer or failure.</summary>
    /// <param name="acceptStale">Whether what was known to an earlier run will do when the registry fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The registry failed, and nothing is known.</exception>
    public async ValueTask<ServiceSnapshot> GetAsync(bool acceptStale, CancellationToken cancellationToken)
    {
        Task<ServiceSnapshot> first;
        lock (_gate)
        {
            if (_current is { } current && (_isLive || acceptStale)) return current;
            first = _first.Task;
        }

        try
        {
            return await first.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException) when (acceptStale && _current is not null)
        {
            return _current;
        }
    }

    /// <summary>Lets a subscription hear of what is known, now and whenever it changes.</summary>
    public void Attach(DirectorySubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Add(subscription);
            subscription.Offer(_current ?? new ServiceSnapshot(Name, number: 0, [], previous: null, isStale: true, Now));
        }
    }

    /// <summary>Lets a subscription hear no more.</summary>
    public void Detach(DirectorySubscription subscription)
    {
        lock (_gate) _subscriptions = _subscriptions.Remove(subscription);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Instruments.Discovery.Remove(this);
        await _ending.CancelAsync().ConfigureAwait(false);
        await _letGo.DisposeAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        Task saving;
        lock (_gate)
        {
            saving = _saving;
            _first.TrySetException(RegistryErrors.Unavailable(_registry.Address, $"look up {Name}", "the directory is disposed."));
            _ = _first.Task.Exception; // Perhaps nobody waited.
        }

        await saving.ConfigureAwait(false);
    }

    private static TaskCompletionSource<ServiceSnapshot> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WatchAsync()
    {
        Backoff backoff = new(_options.RetryDelay, _options.MaxRetryDelay);
        CancellationToken ending = _ending.Token;
        while (!ending.IsCancellationRequested)
        {
            long began = _options.TimeProvider.GetTimestamp();
            try
            {
                await foreach (RegistryEvent change in _registry.WatchAsync(_service, ending).ConfigureAwait(false)) Apply(change);
                ending.ThrowIfCancellationRequested();
                Fail("the registry ended the watch.", error: null);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException e)
            {
                Fail(e.Message, e);
            }
            catch (Exception e)
            {
                // A plug-in of somebody's: whatever it throws, the service stays followed.
                Fail($"{e.GetType().Name}: {e.Message}", e);
            }

            // A watch that lived for a while was a good one; one that breaks at once is not to be hammered.
            if (_options.TimeProvider.GetElapsedTime(began) > _options.MaxRetryDelay) backoff.Reset();
            await Task.Delay(backoff.Next(), _options.TimeProvider, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RefreshAsync()
    {
        CancellationToken ending = _ending.Token;
        while (true)
        {
            TimeSpan interval = _options.RefreshInterval * (0.75 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(interval, _options.TimeProvider, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested) return;
            long changes = Interlocked.Read(ref _changes);
            ImmutableArray<ServiceRecord> records;
            try
            {
                records = await _registry.GetServiceAsync(_service!, ending).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.NotFound)
            {
                records = [];
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Instruments.Discovery.CountFollowingFailure();
                DirectoryLog.Lost(_logger, Name, _registry.Address, _current?.Instances.Length ?? 0, e.Message, error: null);
                continue;
            }

            lock (_gate)
            {
                // What came by the watch meanwhile is newer than this answer may be.
                if (changes == _changes && _current is not null) ApplyLocked(RegistryEvent.Snapshot(records));
            }
        }
    }

    private void Apply(RegistryEvent change)
    {
        lock (_gate)
        {
            _changes++;
            ApplyLocked(change);
        }
    }

    private void ApplyLocked(RegistryEvent change)
    {
        bool isReturn = !_state.IsConnected || !_isLive;
        if (!_state.IsConnected)
        {
            _state = new RegistryState(IsConnected: true, Now);
            DirectoryLog.Found(_logger, Name, _registry.Address);
        }

        bool held = _table.HoldsNodes;
        _isLive = true;
        _table.Apply(change, isReturn, Now);
        if (_table.HoldsNodes && !held)
        {
            DirectoryLog.Holding(
                _logger, _registry.Address, _table.Count - change.Records.Sum(static record => record.Nodes.Length), _table.Count, Name, _options.Grace);
        }

        if (_table.NextExpiry is { } expiry) _letGo.Change(TimeSpan.FromMilliseconds(Math.Max(1, (expiry - Now).TotalMilliseconds + 1)), Timeout.InfiniteTimeSpan);
        Publish(Now);
        _first.TrySetResult(_current!);
        ScheduleSave();
    }

    /// <summary>The time of nodes that the registry does not list is up.</summary>
    private void LetGo()
    {
        lock (_gate)
        {
            if (!_table.Expire(Now)) return;
            Publish(_current?.ReadAt ?? Now);
            ScheduleSave();
        }
    }

    /// <summary>Makes a snapshot of the table, if it would be another one. The gate is held.</summary>
    private void Publish(DateTimeOffset readAt)
    {
        ServiceSnapshot? before = _current;
        bool isStale = !_state.IsConnected || _table.HoldsNodes || !_isLive;
        ServiceSnapshot now = new(Name, (before?.Number ?? 0) + 1, _table.ToRecords(), before, isStale, readAt);
        bool hasChanges = !(now.Added.IsEmpty && now.Changed.IsEmpty && now.Removed.IsEmpty);
        if (before is not null && !hasChanges && before.IsStale == isStale) return;
        _current = now;
        if (hasChanges && _logger.IsEnabled(LogLevel.Information))
        {
            DirectoryLog.Changed(_logger, Name, now.Instances.Length, now.Added.Length, now.Changed.Length, now.Removed.Length);
        }

        foreach (DirectorySubscription subscription in _subscriptions) subscription.Offer(now);
    }

    private void Fail(string reason, Exception? error)
    {
        Instruments.Discovery.CountFollowingFailure();
        lock (_gate)
        {
            if (_state.IsConnected)
            {
                _state = new RegistryState(IsConnected: false, Now, reason);
                Exception? shown = error is RpcException ? null : error;
                DirectoryLog.Lost(_logger, Name, _registry.Address, _current?.Instances.Length ?? 0, reason, shown);
            }
            else
            {
                _state = _state with { Problem = reason };
            }

            if (_current is null) LoadSaved();
            if (_current is not null) Publish(_current.ReadAt);
            if (_isLive) return;
            TaskCompletionSource<ServiceSnapshot> waiting = _first;
            _first = NewSource();
            waiting.TrySetException(error as RpcException ?? RegistryErrors.Unavailable(_registry.Address, $"look up {Name}", reason, error));
            _ = waiting.Task.Exception; // Perhaps nobody waited.
        }
    }

    private void LoadSaved()
    {
        if (_files is null) return;
        ImmutableArray<ServiceRecord> records = _files.Load(Name, out DateTimeOffset writtenAt);
        if (records.IsEmpty) return;
        _table.Apply(RegistryEvent.Snapshot(records), isReturn: false, Now);
        Publish(writtenAt);
        DirectoryLog.CacheUsed(_logger, Name, Now - writtenAt, _files.FileOf(Name), _table.Count);
    }

    /// <summary>Saves what is known in a moment, once for all changes until then. The gate is held.</summary>
    private void ScheduleSave()
    {
        // What is held on to is not known to be good, and what is empty would only say so.
        if (_files is null || _isSaving || _table.HoldsNodes || _table.Count == 0) return;
        _isSaving = true;
        _saving = Task.Run(SaveAsync);
    }

    private async Task SaveAsync()
    {
        await Task.Delay(s_saveDelay, _options.TimeProvider, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ImmutableArray<ServiceRecord> records;
        lock (_gate)
        {
            _isSaving = false;
            records = _table.ToRecords();
        }

        _files!.Save(Name, records);
    }
}
