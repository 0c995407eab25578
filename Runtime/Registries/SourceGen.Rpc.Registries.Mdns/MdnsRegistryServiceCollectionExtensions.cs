using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Mdns;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mDNS registry to a service collection.</summary>
public static class MdnsRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Adds what creates registries for <c>mdns://</c> addresses, once however often it is called, and, when an address or options are
    /// given, such a registry as the container's <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>mdns://</c> or <c>mdns://eth0</c>; null for none.</param>
    /// <param name="configure">Changes the options after the address was read; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says how.</exception>
    public static IServiceCollection AddMdnsRegistry(
        this IServiceCollection services, string? address = null, Action<MdnsRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, MdnsRegistryProvider>(
            static container => new MdnsRegistryProvider(container.GetService<ILoggerFactory>())));
        if (address is null && configure is null) return services;
        RpcAddress parsed = RpcAddress.Parse(address ?? "mdns://");
        if (parsed.Scheme != "mdns")
        {
            throw new FormatException($"'{address}' is not an address of mDNS; write for example mdns:// or mdns://eth0.");
        }
        MdnsRegistryOptions.FromAddress(parsed);
        return services.AddSingleton<IRegistry>(container =>
        {
            MdnsRegistryOptions options = MdnsRegistryOptions.FromAddress(parsed);
            configure?.Invoke(options);
            return new MdnsRegistry(options, container.GetService<ILoggerFactory>());
        });
    }
}
