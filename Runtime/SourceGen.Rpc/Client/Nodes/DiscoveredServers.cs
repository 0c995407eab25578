using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The servers that a directory knows, each service by its name.</summary>
internal sealed class DiscoveredServers : ServerAccess
{
    private readonly IServiceDirectory _directory;
    private readonly RpcClientOptions _options;
    private readonly ILogger _logger;
    private readonly NodeConnections _connections;
    private readonly ConcurrentDictionary<(string Name, string Version), ServiceChannel> _services = new();

    public DiscoveredServers(IServiceDirectory directory, RpcClientOptions options)
    {
        options.Validate();
        _directory = directory;
        _options = options;
        _logger = ContainedLogger.Create(options.LoggerFactory, "SourceGen.Rpc.Client");
        _connections = new NodeConnections(options, _logger);
    }

    public override RpcAddress? Address => null;

    public override bool IsConnected => _connections.IsConnected;

    public override ClientChannel Single => throw new InvalidOperationException(
        "This client finds its servers in a directory, by the name of a service. For this, create one with the address of one server.");

    public override OptionsChannel GetChannel(RpcContract contract) => _services.GetOrAdd(
        (contract.Name, contract.Version),
        static (_, args) => new ServiceChannel(args.contract, args.self._directory, args.self._connections, args.self._options, args.self._logger),
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
        await _connections.DisposeAsync().ConfigureAwait(false);
    }
}
