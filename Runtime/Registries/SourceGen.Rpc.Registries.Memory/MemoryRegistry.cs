using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Memory;

/// <summary>
/// A registry within one process: for tests, and for programs whose services run in one process today and in several tomorrow. Disposing of
/// it takes nothing from the store.
/// </summary>
public sealed class MemoryRegistry : IRegistry
{
    private readonly MemoryRegistryStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private int _isDisposed;

    /// <summary>Creates a registry of a store.</summary>
    /// <param name="options">Which store; null for the shared one without a name.</param>
    /// <param name="loggerFactory">Where it logs, at level Debug, what is registered; null for nowhere.</param>
    public MemoryRegistry(MemoryRegistryOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        options ??= new MemoryRegistryOptions();
        Address = $"{MemoryRegistryProvider.SchemeName}://{options.Name}";
        _store = options.Store ?? MemoryRegistryStore.Shared(options.Name);
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<MemoryRegistry>();
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <summary>True.</summary>
    public bool CanRegister => true;

    /// <inheritdoc/>
    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        Check(cancellationToken);
        options ??= RegisterOptions.Default;
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node.");
        if (record.Name.Length == 0) throw RegistryErrors.Invalid(record, "it has no name.");
        if (options.TimeToLive <= TimeSpan.Zero)
        {
            throw RegistryErrors.Invalid(record, $"its time to live, {options.TimeToLive}, is not positive.");
        }

        _store.Register(record, options);
        MemoryRegistryLog.Registered(_logger, record, Address);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        Check(cancellationToken);
        bool isPersistent = options is { IsPersistent: true };
        if (_store.Deregister(record, mustExist: isPersistent) is { } missing && isPersistent)
        {
            throw RegistryErrors.NotRegistered(record, missing, Address);
        }

        MemoryRegistryLog.Deregistered(_logger, record, Address);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        Check(cancellationToken);
        ImmutableArray<ServiceRecord> records = _store.Read(service);
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : new ValueTask<ImmutableArray<ServiceRecord>>(records);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        Check(cancellationToken);
        return new ValueTask<ImmutableArray<string>>(_store.List());
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The registry was disposed of.</exception>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        using MemoryWatch watch = _store.Watch(service);
        while (true)
        {
            Check(cancellationToken);
            if (_store.Take(watch, out Task more) is { } change) yield return change;
            else await more.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the watches of this registry; what it registered stays until its lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) await _disposed.CancelAsync().ConfigureAwait(false);
    }

    private void Check(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
    }
}
