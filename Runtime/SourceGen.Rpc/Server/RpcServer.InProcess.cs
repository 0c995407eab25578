using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc;

/// <summary>A server that listens for others is there for clients of its own process too, which may come without a socket.</summary>
public sealed partial class RpcServer
{
    private readonly List<RpcAddress> _knownHere = [];
    private ConnectionAcceptor? _here;

    /// <summary>
    /// Makes the server known to clients of the process by the addresses that it listens at, and those that it tells the registry. Not by those
    /// of TLS, whose certificates say who is who, nor by addresses that the user names: others may be behind them too.
    /// </summary>
    private async Task OpenHereAsync(ServerProtocol protocol, CancellationToken cancellationToken)
    {
        List<RpcAddress> addresses = [.. Addresses.Where(static address => address.Scheme is "tcp" or "unix")];
        if (addresses.Count == 0) return;
        RpcRegistrationOptions registration = _options.Registration;
        if (registration.Registry is not null && registration.AdvertisedAddresses.Count == 0)
        {
            foreach (string advertised in AdvertisedAddress.Of(addresses, registration))
            {
                RpcAddress address = RpcAddress.Parse(advertised);
                if (!addresses.Contains(address)) addresses.Add(address);
            }
        }

        ITransportListener listener = await InProcessTransport.Shared.ListenAsync(
            RpcAddress.Parse($"{InProcessTransport.SchemeName}://"), cancellationToken).ConfigureAwait(false);
        _here = new ConnectionAcceptor(listener, protocol, Admission, Serve, _logger);
        _here.Start();
        foreach (RpcAddress address in addresses)
        {
            InProcessServers.Add(address, _here.Address);
            _knownHere.Add(address);
        }
    }

    private async Task CloseHereAsync()
    {
        if (_here is not { } here) return;
        foreach (RpcAddress address in _knownHere) InProcessServers.Remove(address, here.Address);
        _knownHere.Clear();
        _here = null;
        await here.DisposeAsync().ConfigureAwait(false);
    }
}
