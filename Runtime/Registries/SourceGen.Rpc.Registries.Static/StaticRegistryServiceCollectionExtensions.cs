using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Static;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the registry that is a list to a service collection.</summary>
public static class StaticRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses <c>static://a:1,b:2</c> known, and, when an address or options are given, makes this registry the
    /// <see cref="IRegistry"/>. Its list is then the options <see cref="StaticRegistryOptions"/>, which can be bound to configuration
    /// too, and follows their changes.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">
    /// Such as <c>static://10.0.0.1:5000</c>, or <c>static://</c> for a list that stands in configuration alone; null for what
    /// <paramref name="configure"/> says.
    /// </param>
    /// <param name="configure">Adds to the list, each time it is read; null for nothing.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public static IServiceCollection AddStaticRegistry(
        this IServiceCollection services, string? address = null, Action<StaticRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistryProvider, StaticRegistryProvider>());
        if (address is null && configure is null) return services;
        services.AddOptions<StaticRegistryOptions>();
        if (address is not null)
        {
            StaticRegistryOptions read = StaticRegistryProvider.Read(RpcAddress.Parse(address));
            services.Configure<StaticRegistryOptions>(options =>
            {
                options.Version = read.Version;
                foreach (string one in read.Addresses) options.Addresses.Add(one);
                foreach (StaticService service in read.Services) options.Services.Add(service);
            });
        }

        if (configure is not null) services.Configure(configure);
        return services.AddSingleton<IRegistry>(static provider => new StaticRegistry(
            provider.GetRequiredService<IOptionsMonitor<StaticRegistryOptions>>(), provider.GetService<ILoggerFactory>()));
    }
}
