using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc;

/// <summary>The server's entries in a registry.</summary>
public sealed partial class RpcServer
{
    private RegistrationKeeper? _registration;

    /// <summary>
    /// How the server gets on with its registry; null when it has none, or was not started. Where servers do not register themselves
    /// (<see cref="IRegistry.CanRegister"/>) it counts as connected.
    /// </summary>
    public RegistryState? RegistrationState => _registration?.State;

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        RpcRegistrationOptions options = _options.Registration;
        if (options.Registry is not { } registry) return;
        _registration = new RegistrationKeeper(
            options,
            registry,
            ServerRecords.Create(_services.Select(static service => service.Contract), AdvertisedAddress.Of(Addresses, options), options),
            Health,
            _logger);
        await _registration.StartAsync(cancellationToken).ConfigureAwait(false);
    }
}
