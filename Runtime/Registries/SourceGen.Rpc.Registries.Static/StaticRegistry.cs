using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Static;

/// <summary>
/// A registry that is a list, in code or configuration. Programs read it; when the list changes, whoever follows a service that is
/// concerned is given a snapshot.
/// </summary>
public sealed class StaticRegistry : IRegistry
{
    private const string WriteElsewhere =
        "it is a list. Change the list, or use a registry that servers enter themselves, such as file://.";

    private readonly ILogger _logger;
    private readonly IDisposable? _changes;
    private readonly CancellationTokenSource _disposed = new();
    private State _state;
    private int _isDisposed;

    /// <summary>Creates a registry of a list that changes by <see cref="Update"/> only.</summary>
    /// <param name="options">The list; what becomes of it afterwards does not matter.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="FormatException">Something in the list is missing or wrong; the message says what, and where.</exception>
    public StaticRegistry(StaticRegistryOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<StaticRegistry>();
        _state = new State(StaticList.Create(options));
        Address = $"{StaticRegistryProvider.SchemeName}://{string.Join(',', options.Addresses.Select(WithoutTcp))}";
    }

    /// <summary>Creates a registry of a list that changes with its configuration.</summary>
    /// <param name="options">
    /// The list, and how its changes are known. A changed list that is wrong is logged, and the last good one stays.
    /// </param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="FormatException">Something in the list is missing or wrong; the message says what, and where.</exception>
    public StaticRegistry(IOptionsMonitor<StaticRegistryOptions> options, ILoggerFactory? loggerFactory = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).CurrentValue, loggerFactory)
    {
        _changes = options.OnChange((changed, name) =>
        {
            if (string.IsNullOrEmpty(name)) Follow(changed);
        });
        // It may have changed between reading it and following it.
        Follow(options.CurrentValue);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <summary>False: who wants a service found writes it into the list.</summary>
    public bool CanRegister => false;

    /// <summary>Puts another list in the place of this one.</summary>
    /// <param name="options">The list.</param>
    /// <exception cref="FormatException">
    /// Something in it is missing or wrong; the message says what, and where. Nothing has changed then.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The registry was disposed of.</exception>
    public void Update(StaticRegistryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(CancellationToken.None);
        Replace(options);
    }

    /// <summary>Fails: programs only read a list.</summary>
    /// <param name="record">Is not looked at.</param>
    /// <param name="options">Is not looked at.</param>
    /// <param name="cancellationToken">Is not looked at.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unimplemented"/>, always.</exception>
    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromException(RegistryErrors.Unsupported(Address, "register a service", WriteElsewhere));

    /// <summary>Fails: programs only read a list.</summary>
    /// <param name="record">Is not looked at.</param>
    /// <param name="options">Is not looked at.</param>
    /// <param name="cancellationToken">Is not looked at.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unimplemented"/>, always.</exception>
    public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromException(RegistryErrors.Unsupported(Address, "deregister a service", WriteElsewhere));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        Check(cancellationToken);
        ImmutableArray<ServiceRecord> records = Volatile.Read(ref _state).List.Find(service);
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : new ValueTask<ImmutableArray<ServiceRecord>>(records);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        Check(cancellationToken);
        StaticList list = Volatile.Read(ref _state).List;
        return list.HasEvery ? throw Unnamed("list services") : new ValueTask<ImmutableArray<string>>(list.Names);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The registry was disposed of.</exception>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        ImmutableArray<ServiceRecord> last = default;
        while (true)
        {
            Check(cancellationToken);
            State state = Volatile.Read(ref _state);
            if (service is null && state.List.HasEvery) throw Unnamed("follow all services");
            ImmutableArray<ServiceRecord> records = service is null ? state.List.Records : state.List.Find(service);
            if (last.IsDefault || !last.AsSpan().SequenceEqual(records.AsSpan()))
            {
                last = records;
                yield return RegistryEvent.Snapshot(records);
            }
            else
            {
                await state.HasNext.Task.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Ends the watches, and follows the configuration no longer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _changes?.Dispose();
        await _disposed.CancelAsync().ConfigureAwait(false);
    }

    private static string WithoutTcp(string address) =>
        address.StartsWith("tcp://", StringComparison.Ordinal) ? address["tcp://".Length..] : address;

    private void Replace(StaticRegistryOptions options)
    {
        State next = new(StaticList.Create(options));
        Interlocked.Exchange(ref _state, next).HasNext.TrySetResult();
        StaticRegistryLog.Changed(_logger, Address, next.List.Names.Length);
    }

    private void Follow(StaticRegistryOptions options)
    {
        try
        {
            Replace(options);
        }
        catch (FormatException e)
        {
            StaticRegistryLog.NotTaken(_logger, Address, e.Message);
        }
    }

    private RpcException Unnamed(string what) => RegistryErrors.Unsupported(
        Address,
        what,
        "it has addresses at which every service is found, whatever its name. Name the services in the list, or in ?service=.");

    private void Check(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
    }

    /// <summary>A list, and the news that there is a later one.</summary>
    private sealed class State(StaticList list)
    {
        public StaticList List { get; } = list;

        public TaskCompletionSource HasNext { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
