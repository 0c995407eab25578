using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the registry in ZooKeeper to a host, or to any service collection.</summary>
public static class ZooKeeperRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses with <c>zookeeper://</c> known, and with an address or options makes that registry the <see cref="IRegistry"/> that
    /// is injected.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">The address, as <see cref="ZooKeeperRegistryProvider"/> reads it; null for none.</param>
    /// <param name="configure">Changes the options, after the address was read; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address, or a parameter of it, is wrong; the message says which.</exception>
    public static IServiceCollection AddZooKeeperRegistry(
        this IServiceCollection services, string? address = null, Action<ZooKeeperRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, ZooKeeperRegistryProvider>(
            static provider => new ZooKeeperRegistryProvider(provider.GetService<ILoggerFactory>())));
        if (address is null && configure is null) return services;
        ZooKeeperRegistryOptions options = address is null
            ? new ZooKeeperRegistryOptions()
            : ZooKeeperRegistryProvider.CreateOptions(RpcAddress.Parse(address));
        configure?.Invoke(options);
        return services.AddSingleton<IRegistry>(provider => new ZooKeeperRegistry(options, provider.GetService<ILoggerFactory>()));
    }
}
