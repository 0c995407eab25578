using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Brokers.Nats;
using SourceGen.Rpc.PubSub;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the NATS broker to a service collection.</summary>
public static class NatsBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses that begin with <c>nats://</c> known; and, when an address or a change of the options is given, adds the broker itself as an
    /// <see cref="IBroker"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>nats://10.0.0.1:4222,10.0.0.2:4222?jetstream=true</c>; null for the options alone.</param>
    /// <param name="configure">Changes the options that the address gives; null for none.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says what of it.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public static IServiceCollection AddNatsBroker(
        this IServiceCollection services, string? address = null, Action<NatsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrokerProvider, NatsBrokerProvider>());
        if (address is null && configure is null) return services;
        NatsBrokerOptions options = address is null ? new NatsBrokerOptions() : NatsBrokerOptions.Parse(RpcAddress.Parse(address));
        configure?.Invoke(options);
        options.Validate();
        return services.AddSingleton<IBroker>(provider => new NatsBroker(options, provider.GetService<ILoggerFactory>()));
    }
}
