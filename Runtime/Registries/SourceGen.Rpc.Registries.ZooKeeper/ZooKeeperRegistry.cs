using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Services in ZooKeeper, each node of a service in a node of ZooKeeper's that ends with this registry's session. One connection to one
/// server of the ensemble at a time, made by the first operation; all requests go over it. Disposing of the registry ends the session, and
/// with it everything that was registered and is not persistent, at once.
/// </summary>
public sealed class ZooKeeperRegistry : IRegistry
{
    private readonly IRecordLayout _layout;
    private readonly ZooKeeperClient _client;
    private readonly OperationRunner _runner;
    private readonly UnreadableRecords _unreadable;
    private readonly NodeRegistrar _registrar;
    private readonly LeaseTable _leases;
    private readonly SessionTimeouts _timeouts;

    /// <summary>Creates a registry. Nothing is connected to yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is wrong, or a file that one names cannot be read; the message says which.</exception>
    public ZooKeeperRegistry(ZooKeeperRegistryOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ILogger logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger(ZooKeeperLog.Category);
        ZooKeeperLog log = new(logger);
        _layout = options.CreateLayout();
        ClientSettings settings = options.CreateSettings(logger);
        Address = options.GetAddress();
        _client = new ZooKeeperClient(settings, log);
        _runner = new OperationRunner(Address, settings.Timeout, settings.Digest is not null, _client);
        _unreadable = new UnreadableRecords(log);
        _registrar = new NodeRegistrar(_client, _layout);
        _timeouts = new SessionTimeouts(_client, options.SessionTimeout);
        _leases = new LeaseTable(
            path => _runner.RunAsync($"remove {path}", token => _registrar.RemoveOwnAsync(path, token), CancellationToken.None),
            log);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public bool CanRegister => true;

    /// <summary>The session, for tests that end it by other means.</summary>
    internal ConnectResponse Session => _client.Session;

    /// <summary>
    /// Enters the nodes of a record, or makes sure that they are still there with this registry's session as their owner. A node of the
    /// same name that ends with another session, such as that of a process that crashed, is replaced in one step.
    /// </summary>
    /// <param name="record">The record, with the nodes that the caller is responsible for.</param>
    /// <param name="options">
    /// How it is kept; null for <see cref="RegisterOptions.Default"/>. The shortest time to live of all is what the session's timeout is
    /// asked to be. A node that is not registered again in its time is removed also while the session goes on.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">As <see cref="IServiceRegistrar.RegisterAsync"/> says.</exception>
    public async ValueTask RegisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= RegisterOptions.Default;
        ArgumentNullException.ThrowIfNull(record);
        if (options.TimeToLive <= TimeSpan.Zero) throw RegistryErrors.Invalid(record, $"its time to live is {options.TimeToLive}.");
        RecordEntry[] entries = GetEntries(record, options);
        if (!options.IsPersistent) _timeouts.Require(options.TimeToLive);
        string what = $"register {record.Key}";
        // The first one alone, as it may have to make directories, which all at once would be in each other's way.
        await RegisterAsync(record, entries[0], options, what, cancellationToken).ConfigureAwait(false);
        await Task
            .WhenAll(entries.Skip(1).Select(entry => RegisterAsync(record, entry, options, what, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeregisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= RegisterOptions.Default;
        ArgumentNullException.ThrowIfNull(record);
        RecordEntry[] entries = GetEntries(record, options);
        bool[] found = await Task.WhenAll(entries.Select(entry => DeregisterAsync(entry, $"deregister {record.Key}", cancellationToken)))
            .ConfigureAwait(false);
        if (options.IsPersistent && Array.IndexOf(found, false) is >= 0 and int missing)
        {
            throw RegistryErrors.NotRegistered(record, entries[missing].Node, Address);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        RecordTree tree = CreateTree(service, watcher: null);
        await tree.ReadAsync(cancellationToken).ConfigureAwait(false);
        ImmutableArray<ServiceRecord> records = [.. ServiceRecord.Merge(tree.Records).Where(static record => !record.Nodes.IsEmpty)];
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : records;
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        RecordTree tree = CreateTree(service: null, watcher: null);
        await tree.ReadAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. tree.Records
                .Where(static record => !record.Nodes.IsEmpty)
                .Select(static record => record.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Follows a service. It outlives the loss of a server as long as another one accepts the session within the timeout; when the session
    /// has expired, the next event is a snapshot; when no server is found in time, the enumeration fails.
    /// </summary>
    /// <param name="service">The service's name; null for all services.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException">As <see cref="IServiceResolver.WatchAsync"/> says.</exception>
    public IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default)
    {
        if (service is not null) ArgumentException.ThrowIfNullOrEmpty(service);
        string what = service is null ? "watch all services" : $"watch {service}";
        return RecordWatch.RunAsync(_client, _runner, watcher => CreateTree(service, watcher), what, cancellationToken);
    }

    /// <summary>
    /// Ends the session: what was registered and is not persistent is gone when this returns, if a server can be reached.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _leases.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends as a process that is killed does: the session goes on until its timeout.</summary>
    internal async ValueTask AbandonAsync()
    {
        await _leases.DisposeAsync().ConfigureAwait(false);
        await _client.AbandonAsync().ConfigureAwait(false);
    }

    private RecordTree CreateTree(string? service, INodeWatcher? watcher) => new(_client, _runner, _layout, _unreadable, service, watcher);

    private async Task RegisterAsync(
        ServiceRecord record, RecordEntry entry, RegisterOptions options, string what, CancellationToken cancellationToken)
    {
        if (options.IsPersistent)
        {
            await Register().ConfigureAwait(false);
            _leases.Remove(entry.Path);
        }
        else
        {
            await _leases.RegisterAsync(entry.Path, options.TimeToLive, Register).ConfigureAwait(false);
        }

        Task Register() => _runner.RunAsync(
            what,
            async token =>
            {
                try
                {
                    foreach (string replaced in await _registrar.RegisterAsync(entry, !options.IsPersistent, token).ConfigureAwait(false))
                    {
                        _leases.Remove(replaced);
                    }

                    return true;
                }
                catch (ZooKeeperException e) when (e.Error is ErrorCode.BadArguments or ErrorCode.NoChildrenForEphemerals)
                {
                    throw RegistryErrors.Invalid(record, $"{Address} does not take {entry.Path} ({e.Message}).");
                }
            },
            cancellationToken);
    }

    private async Task<bool> DeregisterAsync(RecordEntry entry, string what, CancellationToken cancellationToken)
    {
        // A removal whose answer was lost may have been carried out, and what is not there the second time was there the first time.
        bool isRepeated = false;
        bool wasThere = await _runner.RunAsync(
            what,
            async token =>
            {
                bool wasTried = isRepeated;
                isRepeated = true;
                return await _registrar.DeregisterAsync(entry, token).ConfigureAwait(false) || wasTried;
            },
            cancellationToken).ConfigureAwait(false);
        _leases.Remove(entry.Path);
        return wasThere;
    }

    private RecordEntry[] GetEntries(ServiceRecord record, RegisterOptions options)
    {
        if (record.Name.Length == 0) throw RegistryErrors.Invalid(record, "it has no name.");
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node.");
        RecordEntry[] entries = new RecordEntry[record.Nodes.Length];
        string directory = _layout.GetDirectory(record.Name);
        for (int i = 0; i < entries.Length; i++)
        {
            ServiceNode node = record.Nodes[i];
            if (node.Id.Length == 0) throw RegistryErrors.Invalid(record, $"the node at {node.Address} has no id.");
            (string name, byte[] data) = _layout.Write(record, node, options);
            if (name.Length * 3 + data.Length > ZooKeeperClient.MaxRequestLength / 2)
            {
                throw RegistryErrors.Invalid(
                    record,
                    $"the node {node} takes {name.Length + data.Length:N0} bytes, where ZooKeeper takes requests of about 1 MiB, "
                    + "half of it usable.");
            }

            entries[i] = new RecordEntry(directory, name, data, record.Key, node);
        }

        return entries;
    }
}
