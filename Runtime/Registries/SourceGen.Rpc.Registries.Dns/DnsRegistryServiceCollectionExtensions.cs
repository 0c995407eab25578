using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the DNS registry to a service collection.</summary>
public static class DnsRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Adds what creates registries for <c>dns://</c> addresses, once however often it is called, and, when an address or options are
    /// given, such a registry as the container's <see cref="IRegistry"/>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>dns://10.0.0.10/svc.cluster.local</c>; null for none.</param>
    /// <param name="configure">Changes the options after the address was read; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says how.</exception>
    public static IServiceCollection AddDnsRegistry(
        this IServiceCollection services, string? address = null, Action<DnsRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, DnsRegistryProvider>(
            static container => new DnsRegistryProvider(container.GetService<ILoggerFactory>())));
        if (address is null && configure is null) return services;
        RpcAddress parsed = RpcAddress.Parse(address ?? "dns://");
        if (parsed.Scheme != "dns")
        {
            throw new FormatException($"'{address}' is not an address of DNS; write for example dns://10.0.0.10/svc.cluster.local.");
        }
        DnsRegistryOptions.FromAddress(parsed);
        return services.AddSingleton<IRegistry>(container =>
        {
            DnsRegistryOptions options = DnsRegistryOptions.FromAddress(parsed);
            configure?.Invoke(options);
            return new DnsRegistry(options, container.GetService<ILoggerFactory>());
        });
    }
}
