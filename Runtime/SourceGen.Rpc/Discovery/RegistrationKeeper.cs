using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// Keeps a server's records registered: enters them, renews them, makes them again when they were lost, takes them out while a check does
/// not pass, and when the server stops.
/// </summary>
internal sealed class RegistrationKeeper
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(10);

    private readonly RpcRegistrationOptions _options;
    private readonly IRegistry _registry;
    private readonly RegisterOptions _lease;
    private readonly Entry[] _entries;
    private readonly RpcHealth _health;
    private readonly RegistrationCheck _check;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _time;
    private volatile RegistryState _state;
    private Task _loop = Task.CompletedTask;
    private volatile bool _isHeld;

    public RegistrationKeeper(
        RpcRegistrationOptions options, IRegistry registry, ImmutableArray<ServiceRecord> records, RpcHealth health, ILogger logger)
    {
        _options = options;
        _registry = registry;
        _lease = new RegisterOptions { TimeToLive = options.TimeToLive };
        _entries = [.. records.Select(static record => new Entry(record))];
        _health = health;
        _check = new RegistrationCheck(options, logger);
        _logger = logger;
        _time = options.TimeProvider;
        _state = new RegistryState(IsConnected: true, _time.GetUtcNow());
    }

    /// <summary>How the server gets on with the registry.</summary>
    public RegistryState State => _state;

    /// <summary>Registers, and goes on doing so.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isRequired">Whether it fails when the first attempt does; null for what the options say.</param>
    /// <exception cref="RpcException">It failed, and must not.</exception>
    public async Task StartAsync(CancellationToken cancellationToken, bool? isRequired = null)
    {
        if (!_registry.CanRegister)
        {
            DirectoryLog.NothingToRegister(_logger, _registry.Address);
            return;
        }

        if (isRequired ?? _options.IsRequired)
        {
            bool passes = await _check.PassesAsync(cancellationToken).ConfigureAwait(false);
            foreach (Entry entry in _entries)
            {
                if (passes && IsServing(entry)) await RegisterAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }

        _loop = Task.Run(KeepAsync, CancellationToken.None);
    }

    /// <summary>
    /// The server is about to stop: until <see cref="StopAsync"/> everything stays in the registry as it is, although the server is not ready
    /// any more.
    /// </summary>
    public void Hold() => _isHeld = true;

    /// <summary>Takes the server out of the registry, within the time that the options give.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        using CancellationTokenSource timeout = new(_options.DeregisterTimeout, _time);
        try
        {
            // A plug-in of somebody's, on the thread pool and not waited for beyond its time, whether it looks at the token or not.
            await Task.Run(() => LeaveAsync(timeout.Token), CancellationToken.None).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            DirectoryLog.DeregisterTimedOut(_logger, _registry.Address, _options.DeregisterTimeout);
        }
    }

    private async Task LeaveAsync(CancellationToken timeout)
    {
        await _loop.ConfigureAwait(false); // What it may be registering at this moment must not come last.
        await Task.WhenAll(_entries.Where(static entry => entry.MayBeRegistered)
            .Select(entry => DeregisterAsync(entry, "the server stops", timeout))).ConfigureAwait(false);
    }

    private async Task KeepAsync()
    {
        Backoff backoff = new(s_firstRetry, s_longestRetry);
        CancellationToken ending = _ending.Token;
        while (!ending.IsCancellationRequested)
        {
            Task changed = _health.WhenChanged();
            TimeSpan retry = backoff.Next();
            bool failed = false;
            bool passes = await TryCheckAsync(ending).ConfigureAwait(false);
            foreach (Entry entry in _entries) failed |= !await TryKeepAsync(entry, passes, retry, ending).ConfigureAwait(false);
            if (!failed) backoff.Reset();
            TimeSpan wait = failed ? retry : UntilDue();
            TimeSpan untilCheck = Shortened(_options.CheckInterval);
            if (_options.Check is not null && wait > untilCheck) wait = untilCheck;
            using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(ending);
            await Task.WhenAny(changed, Task.Delay(wait, _time, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Up to a tenth less, at random: servers that started together neither renew nor check together.</summary>
    private static TimeSpan Shortened(TimeSpan time) => time * (0.9 + (Random.Shared.NextDouble() / 10));

    private async Task<bool> TryCheckAsync(CancellationToken ending)
    {
        try
        {
            return await _check.PassesAsync(ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return false; // The server stops, and is taken out by that.
        }
    }

    /// <summary>How long nothing has to be renewed.</summary>
    private TimeSpan UntilDue()
    {
        DateTimeOffset now = _time.GetUtcNow();
        TimeSpan wait = _options.Interval;
        foreach (Entry entry in _entries)
        {
            if (entry.RenewedAt is { } renewedAt && renewedAt + _options.Interval - now < wait) wait = renewedAt + _options.Interval - now;
        }

        return wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : Shortened(wait);
    }

    private async Task<bool> TryKeepAsync(Entry entry, bool passes, TimeSpan retry, CancellationToken ending)
    {
        if (_isHeld || ending.IsCancellationRequested) return true;
        try
        {
            if (!passes || !IsServing(entry))
            {
                if (entry.MayBeRegistered) await DeregisterAsync(entry, "its check does not pass", ending).ConfigureAwait(false);
                return !entry.MayBeRegistered;
            }

            bool isDue = entry.RenewedAt is not { } renewedAt || _time.GetUtcNow() - renewedAt >= _options.Interval * 0.85;
            if (isDue) await RegisterAsync(entry, ending).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e)
        {
            // A plug-in of somebody's: whatever it throws, the server stays in the registry if that can be done.
            Instruments.Discovery.CountRegisteringFailure();
            entry.RenewedAt = null;
            if (_state.IsConnected) DirectoryLog.RegisterFailed(_logger, entry.Record, (int)retry.TotalMilliseconds, e.Message);
            _state = _state.IsConnected
                ? new RegistryState(IsConnected: false, _time.GetUtcNow(), e.Message)
                : _state with { Problem = e.Message };
            return false;
        }
    }

    private bool IsServing(Entry entry) =>
        _health.GetStatus() == ServingStatus.Serving && _health.GetStatus(entry.Record.Name) == ServingStatus.Serving;

    private async Task RegisterAsync(Entry entry, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(s_attemptTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        bool isNew = !entry.MayBeRegistered;
        entry.MayBeRegistered = true; // Also when it fails: the registry may have done it.
        try
        {
            await _registry.RegisterAsync(entry.Record, _lease, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw RegistryErrors.Unavailable(
                _registry.Address, $"register {entry.Record.Key}", $"no answer within {s_attemptTimeout.TotalSeconds} s.", e);
        }

        if (isNew || !_state.IsConnected) DirectoryLog.Registered(_logger, entry.Record, _registry.Address);
        if (!_state.IsConnected) _state = new RegistryState(IsConnected: true, _time.GetUtcNow());
        entry.RenewedAt = _time.GetUtcNow();
    }

    private async Task DeregisterAsync(Entry entry, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await _registry.DeregisterAsync(entry.Record, _lease, cancellationToken).ConfigureAwait(false);
            entry.MayBeRegistered = false;
            entry.RenewedAt = null;
            DirectoryLog.Deregistered(_logger, entry.Record, _registry.Address, reason);
        }
        catch (Exception e)
        {
            DirectoryLog.DeregisterFailed(_logger, entry.Record, e.Message);
        }
    }

    private sealed class Entry(ServiceRecord record)
    {
        public ServiceRecord Record { get; } = record;

        public bool MayBeRegistered { get; set; }

        public DateTimeOffset? RenewedAt { get; set; }
    }
}
