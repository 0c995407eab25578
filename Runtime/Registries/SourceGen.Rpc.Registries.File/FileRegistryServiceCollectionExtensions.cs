using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the registry of the processes of one machine to a service collection.</summary>
public static class FileRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses <c>file:///path</c> known, and, when an address or options are given, makes this registry the
    /// <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">
    /// Such as <c>file:///run/shop/registry</c>, or <c>file://</c>; null for what <paramref name="configure"/> says.
    /// </param>
    /// <param name="configure">Changes what the address says; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public static IServiceCollection AddFileRegistry(
        this IServiceCollection services, string? address = null, Action<FileRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, FileRegistryProvider>());
        if (address is null && configure is null) return services;
        FileRegistryOptions options = address is null ? new FileRegistryOptions() : FileRegistryProvider.Read(RpcAddress.Parse(address));
        configure?.Invoke(options);
        return services.AddSingleton<IRegistry>(provider => new FileRegistry(options, provider.GetService<ILoggerFactory>()));
    }
}
