using Microsoft.Extensions.Options;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.PubSub;

/// <summary>Creates the host's broker from one address, by the provider that serves its scheme.</summary>
/// <param name="address">The address that code gives; null when it gives none.</param>
internal sealed class BrokerSelection(string? address)
{
    /// <summary>Where the address stands in the configuration, which goes before code: operators choose the broker.</summary>
    public const string Key = "Rpc:Broker";

    private static readonly AddressedPart s_part = new(
        "broker", Key, "AddRpcBroker", "memory://", "nats://127.0.0.1:4222", "SourceGen.Rpc.Brokers.Nats", "AddNatsBroker");

    /// <summary>Creates the broker; the container calls it once.</summary>
    /// <exception cref="OptionsValidationException">There is no address, it is wrong, or nothing serves its scheme.</exception>
    public IBroker Create(IServiceProvider services) => s_part.Create(
        services, address, static (IBrokerProvider provider) => provider.Scheme, static (provider, parsed) => provider.Create(parsed));
}
