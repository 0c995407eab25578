using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the etcd registry to a service collection.</summary>
public static class EtcdRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses that begin with <c>etcd://</c> known; and, when an address or a change of the options is given, adds the registry
    /// itself as an <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>etcd://10.0.0.1:2379,10.0.0.2:2379</c>; null for the options alone.</param>
    /// <param name="configure">Changes the options that the address gives; null for none.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says what of it.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public static IServiceCollection AddEtcdRegistry(
        this IServiceCollection services, string? address = null, Action<EtcdRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, EtcdRegistryProvider>());
        if (address is null && configure is null) return services;
        EtcdRegistryOptions options = address is null ? new EtcdRegistryOptions() : EtcdRegistryOptions.Parse(RpcAddress.Parse(address));
        configure?.Invoke(options);
        options.Validate();
        return services.AddSingleton<IRegistry>(provider => new EtcdRegistry(options, provider.GetService<ILoggerFactory>()));
    }
}
