using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Consul.Registration;
using SourceGen.Rpc.Registries.Consul.Watching;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul;

/// <summary>
/// A registry in Consul: a service of an agent for each node, with a check that registering again passes. An agent tells its servers a
/// moment later what it was told, so a reader sees a change a moment after it was made. docs/registries/consul.md says what is written
/// where and what happens when something fails. Thread safe.
/// </summary>
public sealed class ConsulRegistry : IRegistry
{
    internal const string Scheme = "consul";

    private readonly ConsulClient _client;
    private readonly ConsulLayout _layout;
    private readonly ConsulRegistrar _registrar;
    private readonly CatalogReader _catalog;
    private readonly ServiceWatch _serviceWatch;
    private readonly CatalogWatch _catalogWatch;
    private readonly TimeSpan _timeout;

    /// <summary>Creates a registry. Nothing is connected to before it is used.</summary>
    /// <param name="options">Where it is; later changes to them have no effect.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is wrong, or a file cannot be used; the message says which.</exception>
    public ConsulRegistry(ConsulRegistryOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ImmutableArray<RegistryEndpoint> endpoints = [.. options.GetEndpoints()];
        ILogger logger = (ILogger?)loggerFactory?.CreateLogger<ConsulRegistry>() ?? NullLogger.Instance;
        Address = $"{Scheme}://{string.Join(',', endpoints)}";
        _timeout = options.Timeout;
        _layout = options.CreateLayout();
        _client = new ConsulClient(
            Address,
            endpoints,
            options.NeedsTls
                ? new TlsFiles(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, logger)
                : null,
            options.Token,
            options.MaxNodes);
        _registrar = new ConsulRegistrar(_client, Address, logger);
        _catalog = new CatalogReader(_client, _layout, new InstanceReader(_layout, logger));
        WatchTimes times = new(options.Timeout, options.BlockingQueryWait);
        _serviceWatch = new ServiceWatch(_client, _catalog, times, logger);
        _catalogWatch = new CatalogWatch(_client, _catalog, _layout, times, logger);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public bool CanRegister => true;

    /// <inheritdoc/>
    public async ValueTask RegisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<(ServiceRecord Single, ConsulService Service)> nodes = NodesOf(record);
        options ??= RegisterOptions.Default;
        if (options.TimeToLive <= TimeSpan.Zero)
        {
            throw RegistryErrors.Invalid(record, $"its time to live is {options.TimeToLive}; it must be more than zero.");
        }
        using RegistryOperation operation = new($"register {record.Key}", _timeout, cancellationToken);
        foreach ((ServiceRecord single, ConsulService service) in nodes)
        {
            await _registrar.RegisterAsync(
                operation, single, service, options.IsPersistent ? null : options.TimeToLive).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeregisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<(ServiceRecord Single, ConsulService Service)> nodes = NodesOf(record);
        bool isPersistent = options is { IsPersistent: true };
        ServiceNode? missing = null;
        using RegistryOperation operation = new($"deregister {record.Key}", _timeout, cancellationToken);
        foreach ((ServiceRecord single, ConsulService service) in nodes)
        {
            if (!await _registrar.DeregisterAsync(operation, single, service, isPersistent).ConfigureAwait(false))
            {
                missing ??= single.Nodes[0];
            }
        }

        if (isPersistent && missing is not null) throw RegistryErrors.NotRegistered(record, missing, Address);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        using RegistryOperation operation = new($"read {service}", _timeout, cancellationToken);
        if (service.Length == 0) throw RegistryErrors.NotFound(service, Address);
        ConsulResult<Dictionary<string, ServiceRecord>> found = await _catalog.ReadAsync(operation, service, default).ConfigureAwait(false);
        ImmutableArray<ServiceRecord> records = ServiceRecord.Merge(found.Value.Values);
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : records;
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        using RegistryOperation operation = new("list the services", _timeout, cancellationToken);
        return await _catalog.ListAsync(operation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default) =>
        service is null ? _catalogWatch.WatchAsync(cancellationToken) : _serviceWatch.WatchAsync(service, cancellationToken);

    /// <summary>
    /// Ends its connections and its watches. What is registered stays until it is deregistered or its check is no longer passed.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private ImmutableArray<(ServiceRecord Single, ConsulService Service)> NodesOf(ServiceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Name.Length == 0) throw RegistryErrors.Invalid(record, "it has no name.");
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node; add the address at which the server is called.");
        SortedDictionary<string, (ServiceRecord, ConsulService)> nodes = new(StringComparer.Ordinal);
        foreach (ServiceNode node in record.Nodes)
        {
            if (node.Id.Length == 0) throw RegistryErrors.Invalid(record, $"the node at {node.Address} has no id.");
            ServiceRecord single = record with { Nodes = [node] };
            nodes[node.Id] = (single, _layout.Write(single));
        }

        return [.. nodes.Values];
    }
}
