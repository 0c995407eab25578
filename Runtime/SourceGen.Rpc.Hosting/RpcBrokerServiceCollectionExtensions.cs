using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.Hosting.PubSub;
using SourceGen.Rpc.PubSub;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the broker of a host, through which events are published and handled.</summary>
public static class RpcBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the broker that an address stands for, as <see cref="IBroker"/> and <see cref="MessageBus"/>. It is connected before anything of the host
    /// starts, and disconnected after all has stopped. The configuration's <c>Rpc:Broker</c>, where it is set, goes before
    /// <paramref name="address"/>.
    /// </summary>
    /// <remarks>
    /// Known without more are <c>memory://name</c> and <c>direct://name?registry=...</c>, with the registries that were added; others come with a package and a call of their own, such as <c>AddNatsBroker()</c> for
    /// <c>nats://</c>. Where the program uses health checks, the broker is one of them: <c>rpc-broker</c>, which is degraded while the connection
    /// is being made again.
    /// </remarks>
    /// <param name="services">The collection.</param>
    /// <param name="address">The address, such as <c>nats://127.0.0.1:4222</c>; null to take it from the configuration.</param>
    /// <returns>A builder that says what is published and handled. Calling this again changes the address, and gives the same.</returns>
    public static RpcBrokerBuilder AddRpcBroker(this IServiceCollection services, string? address = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrokerProvider, MemoryBrokerProvider>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrokerProvider, DirectBrokerProvider>());
        services.Replace(ServiceDescriptor.Singleton(new BrokerSelection(address).Create));
        services.AddOptions<MessageBusOptions>();
        services.TryAddSingleton(MessageBusSetup.Create);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Options.IConfigureOptions<MessageBusOptions>, MessageBusSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MessageBusHostedService>());
        RpcRegistrations.Of(services); // UnusedSections asks for it.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnusedSections>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Options.IConfigureOptions<HealthCheckServiceOptions>, BrokerHealthCheck.Setup>());
        return new RpcBrokerBuilder(services);
    }
}
