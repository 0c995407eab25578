using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The servers that a directory knows, each service by its name.</summary>
internal sealed partial class DiscoveredServers : ServerAccess
{
    private readonly RpcClientOptions _options;
    private readonly ILogger _logger;
    private readonly NodeConnections _connections;
    private readonly ISelector? _ownSelector;
    private readonly ISelector _selector;
    private readonly ConcurrentDictionary<(string Name, string Version), ServiceChannel> _services = new();

    public DiscoveredServers(IServiceDirectory directory, RpcClientOptions options)
    {
        options.Validate();
        _options = options;
        _logger = ContainedLogger.Create(options.LoggerFactory, "SourceGen.Rpc.Client");
        _connections = new NodeConnections(options, _logger);
        if (options.Selector is { } selector)
        {
            _selector = selector;
            return;
        }

        SelectorOptions selection = options.Selection.Copy();
        if (options.ProbeHealth && BuiltInFeature.IsSupported) selection.Probes.Probe ??= new HealthProbe(_connections).AskAsync;
        _selector = _ownSelector = new Selector(directory, selection, options.LoggerFactory);
    }

    public override RpcAddress? Address => null;

    public override bool IsConnected => _connections.IsConnected;

    public override ClientChannel Single => throw new InvalidOperationException(
        "This client finds its servers in a directory, by the name of a service. For this, create one with the address of one server.");

    public override OptionsChannel GetChannel(RpcContract contract) => GetService(contract);

    public override ValueTask<IReadOnlyList<NodeChannel>> GetAllAsync(RpcContract contract, CancellationToken cancellationToken) =>
        GetService(contract).GetChannelsAsync(cancellationToken);

    private ServiceChannel GetService(RpcContract contract) => _services.GetOrAdd(
        (contract.Name, contract.Version),
        static (_, args) => new ServiceChannel(args.contract, args.self._selector, args.self._connections, args.self._options, args.self._logger),
        (contract, self: this));

    public override void Offer(ServiceRegistration service)
    {
        if (!_services.IsEmpty)
        {
            throw new InvalidOperationException(
                $"{service.Contract.Name} comes too late: servers learn what a client offers when the connection opens. "
                + "Add it before the first Get, or to the options.");
        }

        ClientServices.EnsureNew(_options.Services, service.Contract);
        _options.Services.Add(service);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (ServiceChannel service in _services.Values) await service.EndAsync().ConfigureAwait(false);
        _ownSelector?.Close();
        await _connections.DisposeAsync().ConfigureAwait(false);
    }
}
