using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc;

/// <summary>The server's entries in a registry.</summary>
public sealed partial class RpcServer
{
    private RegistrationKeeper? _registration;
    private ImmutableArray<ServiceRecord> _records;

    /// <summary>
    /// How the server gets on with its registry; null when it has none, was not started, or was taken out (<see cref="DeregisterAsync"/>). Where servers do not register themselves
    /// (<see cref="IRegistry.CanRegister"/>) it counts as connected.
    /// </summary>
    public RegistryState? RegistrationState => _registration?.State;

    /// <summary>What keeps the server registered; null when it has no registry.</summary>
    private RegistrationKeeper? CreateKeeper()
    {
        RpcRegistrationOptions options = _options.Registration;
        if (options.Registry is not { } registry) return null;
        if (_records.IsDefault)
        {
            // Once: a server that comes back is the same one.
            // Beside addresses of the network, not beside those that the user names: there may be another server behind them.
            bool isReachable = options.AdvertisedAddresses.Count == 0 && Addresses.Any(static address => address.Scheme == "tcp");
            RpcAddress? socket = isReachable ? Addresses.FirstOrDefault(static address => address.Scheme == "unix") : null;
            _records = ServerRecords.Create(
                _services.Select(static service => service.Contract), AdvertisedAddress.Of(Addresses, options), options, socket?.Rest);
        }

        return new RegistrationKeeper(options, registry, _records, Health, _logger);
    }

    private async Task StartRegistrationAsync(CancellationToken cancellationToken)
    {
        _registration = CreateKeeper();
        if (_registration is { } keeper) await keeper.StartAsync(cancellationToken).ConfigureAwait(false);
    }
}
