using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Memory;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the registry within one process to a service collection.</summary>
public static class MemoryRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses <c>memory://name</c> known, and, when an address or options are given, makes this registry the
    /// <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>memory://shop</c>; null for what <paramref name="configure"/> says.</param>
    /// <param name="configure">Changes what the address says; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public static IServiceCollection AddMemoryRegistry(
        this IServiceCollection services, string? address = null, Action<MemoryRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, MemoryRegistryProvider>());
        if (address is null && configure is null) return services;
        MemoryRegistryOptions options = address is null
            ? new MemoryRegistryOptions()
            : MemoryRegistryProvider.Read(RpcAddress.Parse(address));
        configure?.Invoke(options);
        return services.AddSingleton<IRegistry>(provider => new MemoryRegistry(options, provider.GetService<ILoggerFactory>()));
    }
}
