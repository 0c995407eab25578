using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd.Layouts;
using SourceGen.Rpc.Registries.Etcd.Protocol;
using SourceGen.Rpc.Registries.Etcd.Registration;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd;

/// <summary>
/// A registry in etcd: a key for each node, under a lease that registering again renews. docs/registries/etcd.md says what is written where
/// and what happens when something fails. Thread safe.
/// </summary>
public sealed class EtcdRegistry : IRegistry
{
    internal const string Scheme = "etcd";

    private readonly EtcdClient _client;
    private readonly EtcdRegistrar _registrar;
    private readonly EtcdLayout _layout;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _probeInterval;
    private readonly ILogger _logger;
    private readonly UnreadableContents _unreadable = new();

    /// <summary>Creates a registry. Nothing is connected to before it is used.</summary>
    /// <param name="options">Where it is; later changes to them have no effect.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is wrong, or a file cannot be used; the message says which.</exception>
    public EtcdRegistry(EtcdRegistryOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ImmutableArray<RegistryEndpoint> endpoints = [.. options.GetEndpoints()];
        Address = $"{Scheme}://{string.Join(',', endpoints)}";
        _timeout = options.Timeout;
        _probeInterval = options.WatchProbeInterval;
        _layout = options.CreateLayout();
        _logger = (ILogger?)loggerFactory?.CreateLogger<EtcdRegistry>() ?? NullLogger.Instance;
        _client = new EtcdClient(
            Address,
            endpoints,
            options.NeedsTls
                ? new TlsFiles(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, _logger)
                : null,
            options.UserName,
            options.Password,
            options.MaxNodes);
        _registrar = new EtcdRegistrar(_client, _logger);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public bool CanRegister => true;

    /// <inheritdoc/>
    public async ValueTask RegisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<NodeEntry> nodes = EntriesOf(record);
        options ??= RegisterOptions.Default;
        using RegistryOperation operation = new($"register {record.Key}", _timeout, cancellationToken);
        if (options.IsPersistent) await _registrar.RegisterPersistentAsync(operation, record, nodes).ConfigureAwait(false);
        else await _registrar.RegisterAsync(operation, record, nodes, SecondsOf(record, options)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeregisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<NodeEntry> nodes = EntriesOf(record);
        using RegistryOperation operation = new($"deregister {record.Key}", _timeout, cancellationToken);
        if (options is not { IsPersistent: true })
        {
            await _registrar.DeregisterAsync(operation, nodes).ConfigureAwait(false);
            return;
        }

        NodeEntry? missing = await _registrar.DeregisterPersistentAsync(operation, nodes).ConfigureAwait(false);
        if (missing is null) return;
        throw RegistryErrors.NotRegistered(record, record.Nodes.First(node => node.Id == missing.NodeId), Address);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        using RegistryOperation operation = new($"read {service}", _timeout, cancellationToken);
        EtcdRange range = await _client.LoadAsync(operation, _layout.PrefixOf(service)).ConfigureAwait(false);
        ImmutableArray<ServiceRecord> records = ServiceRecord.Merge(Read(range.Items, service).Select(static entry => entry.Value));
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : records;
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        using RegistryOperation operation = new("list the services", _timeout, cancellationToken);
        // With the values: in Go Micro's layout a key does not say the name, and what cannot be read is no service.
        EtcdRange range = await _client.LoadAsync(operation, _layout.PrefixOf(null)).ConfigureAwait(false);
        return [.. Read(range.Items, service: null).Select(static entry => entry.Value.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string what = service is null ? "watch all services" : $"watch {service}";
        string prefix = _layout.PrefixOf(service);
        NodeTable nodes = new();
        List<RegistryEvent> events = [];
        while (true)
        {
            EtcdRange range = await LoadAsync(what, prefix, cancellationToken).ConfigureAwait(false);
            yield return nodes.Reset(Read(range.Items, service));
            using EtcdWatch watch = await OpenAsync(what, prefix, range, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                EtcdWatchMessage? message = await watch.ReadAsync(_probeInterval, cancellationToken).ConfigureAwait(false);
                if (message is null)
                {
                    await ProbeAsync(what, prefix, range.Endpoint, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (message.CompactRevision > 0) break;
                foreach (EtcdChange change in message.Changes)
                {
                    nodes.Set(change.Item.Key, change.IsDelete ? null : Read(change.Item, service), events);
                    foreach (RegistryEvent happened in events) yield return happened;
                    events.Clear();
                }
            }

            EtcdLog.Compacted(_logger, range.Revision + 1);
        }
    }

    /// <summary>Ends its connections and its watches. What is registered stays until it is deregistered or its lease ends.</summary>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long SecondsOf(ServiceRecord record, RegisterOptions options) => options.TimeToLive > TimeSpan.Zero
        ? (long)Math.Ceiling(options.TimeToLive.TotalSeconds)
        : throw RegistryErrors.Invalid(record, $"its time to live is {options.TimeToLive}; it must be more than zero.");

    private ImmutableArray<NodeEntry> EntriesOf(ServiceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Name.Length == 0) throw RegistryErrors.Invalid(record, "it has no name.");
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node; add the address at which the server is called.");
        SortedDictionary<string, NodeEntry> entries = new(StringComparer.Ordinal);
        foreach (ServiceNode node in record.Nodes)
        {
            if (node.Id.Length == 0) throw RegistryErrors.Invalid(record, $"the node at {node.Address} has no id.");
            string key = _layout.KeyOf(record, node.Id);
            byte[] value = _layout.ValueOf(record with { Nodes = [node] });
            if (value.Length > ServiceRecordJson.MaxLength)
            {
                throw RegistryErrors.Invalid(record, string.Create(
                    CultureInfo.InvariantCulture,
                    $"with the node {node.Id} it has {value.Length:N0} bytes, and {ServiceRecordJson.MaxLength:N0} can be read; "
                    + $"leave out metadata or descriptions of endpoints."));
            }

            entries[key] = new NodeEntry(node.Id, key, value);
        }

        return [.. entries.Values];
    }

    private IEnumerable<KeyValuePair<string, ServiceRecord>> Read(ImmutableArray<EtcdKeyValue> items, string? service)
    {
        foreach (EtcdKeyValue item in items)
        {
            if (Read(item, service) is { } single) yield return new KeyValuePair<string, ServiceRecord>(item.Key, single);
        }
    }

    /// <summary>
    /// Reads a node; null for what is none, which is logged, and for one of another service, which shares its keys in Go Micro's layout.
    /// </summary>
    private ServiceRecord? Read(EtcdKeyValue item, string? service)
    {
        if (_layout.TryRead(item, out ServiceRecord? single, out string? problem))
        {
            return service is null || single.Name == service ? single : null;
        }
        if (_unreadable.Add(item.Key, item.Value)) EtcdLog.RecordSkipped(_logger, item.Key, problem);
        return null;
    }

    private async ValueTask<EtcdRange> LoadAsync(string what, string prefix, CancellationToken cancellationToken)
    {
        using RegistryOperation operation = new(what, _timeout, cancellationToken);
        return await _client.LoadAsync(operation, prefix).ConfigureAwait(false);
    }

    private async ValueTask<EtcdWatch> OpenAsync(string what, string prefix, EtcdRange range, CancellationToken cancellationToken)
    {
        using RegistryOperation operation = new(what, _timeout, cancellationToken);
        EtcdWatch watch = await _client.WatchAsync(operation, prefix, range.Revision + 1, range.Endpoint).ConfigureAwait(false);
        if (watch.Revision >= range.Revision) return watch;
        watch.Dispose();
        // It would wait for revisions that the store reaches some day, and be silent about all before.
        throw _client.Lost(
            what, range.Endpoint, $"its store went back from revision {range.Revision} to {watch.Revision}; "
            + "it was replaced by another one, or an older copy");
    }

    private async ValueTask ProbeAsync(string what, string prefix, int endpoint, CancellationToken cancellationToken)
    {
        using RegistryOperation operation = new(what, _timeout, cancellationToken);
        try
        {
            await _client.ProbeAsync(operation, prefix, endpoint).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
        {
            throw _client.Lost(what, endpoint, $"after a silence of {_probeInterval.TotalSeconds:0.##} s it does not answer any more", e);
        }
    }
}
