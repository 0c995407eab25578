using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.Hosting.Discovery;
using SourceGen.Rpc.Hosting.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the registry of a host, in which its servers are entered and its clients find servers.</summary>
public static class RpcRegistryServiceCollectionExtensions
{
    /// <summary>
    /// Adds the registry that an address stands for. The host's servers register there when they have started, and its clients without an
    /// address find servers there by the names of services. The configuration's <c>Rpc:Registry</c>, where it is set, goes before
    /// <paramref name="address"/>.
    /// </summary>
    /// <remarks>
    /// Known without more are <c>memory://</c>, <c>static://a:1,b:2</c>, <c>file:///path</c> and <c>mdns://</c>; others come with a package
    /// and a call of their own, such as <c>AddEtcdRegistry()</c> for <c>etcd://</c>. Where the program uses health checks, the registry is
    /// one of them: <c>rpc-registry</c>, which is degraded while it does not answer.
    /// </remarks>
    /// <param name="services">The collection.</param>
    /// <param name="address">The address, such as <c>etcd://127.0.0.1:2379</c>; null to take it from the configuration.</param>
    /// <returns>The collection.</returns>
    public static IServiceCollection AddRpcRegistry(this IServiceCollection services, string? address = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        EmbeddedRegistries.Add(services);
        services.AddSingleton(new RegistrySelection(address).Create);
        return services;
    }

    /// <summary>
    /// Changes how the host follows its registry; the options are read from the configuration section <c>Rpc:Directory</c> before.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The collection.</returns>
    public static IServiceCollection ConfigureRpcDirectory(this IServiceCollection services, Action<ServiceDirectoryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.Configure(configure);
    }

    /// <summary>Makes the directory available to servers and clients of the host, which use it if there is a registry.</summary>
    internal static void AddDirectory(IServiceCollection services, RpcRegistrations registrations)
    {
        if (services.Any(static service => service.ServiceType == typeof(IServiceDirectory) && !service.IsKeyedService)) return;
        services.AddSingleton(DirectorySetup.Create);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Options.IConfigureOptions<ServiceDirectoryOptions>, DirectorySetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Options.IValidateOptions<ServiceDirectoryOptions>, DirectorySetup>());
        services.AddOptions<HealthCheckServiceOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            if (provider.GetService<IRegistry>() is null) return;
            options.Registrations.Add(new HealthCheckRegistration(
                RegistryHealthCheck.Name,
                inner => RegistryHealthCheck.Create(inner, registrations),
                HealthStatus.Degraded,
                [RpcServerHealthCheck.Tag]));
        });
    }
}
