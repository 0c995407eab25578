using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Consul registry to a service collection.</summary>
public static class ConsulRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses that begin with <c>consul://</c> known; and, when an address or a change of the options is given, adds the registry
    /// itself as an <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>consul://127.0.0.1:8500</c>; null for the options alone.</param>
    /// <param name="configure">Changes the options that the address gives; null for none.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says what of it.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public static IServiceCollection AddConsulRegistry(
        this IServiceCollection services, string? address = null, Action<ConsulRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, ConsulRegistryProvider>());
        if (address is null && configure is null) return services;
        ConsulRegistryOptions options = address is null
            ? new ConsulRegistryOptions()
            : ConsulRegistryOptions.Parse(RpcAddress.Parse(address));
        configure?.Invoke(options);
        options.Validate();
        return services.AddSingleton<IRegistry>(provider => new ConsulRegistry(options, provider.GetService<ILoggerFactory>()));
    }
}
