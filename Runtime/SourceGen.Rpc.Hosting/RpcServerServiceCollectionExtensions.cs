using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.Hosting.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds RPC servers to a host.</summary>
public static class RpcServerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the host's server, or continues with it when it was added before. It starts and stops with the host: hosted services
    /// registered before it are started before it listens, and stopped after its last call.
    /// </summary>
    /// <remarks>
    /// Its options are read from the configuration section <c>Rpc:Server</c>, then changed by <paramref name="configure"/>; addresses given
    /// in both places are all listened at. They are read once and checked when the host starts. The started <see cref="RpcServer"/>, with
    /// its <see cref="RpcServer.Addresses"/>, can be injected. Where the program uses health checks, the server is one of them:
    /// <c>rpc-server</c>, or <c>rpc-server-{name}</c> for one with a name.
    /// </remarks>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Changes the options, for example <c>o => o.Listen("tcp://127.0.0.1:5000")</c>.</param>
    /// <returns>A builder that adds the services it offers; it needs at least one.</returns>
    public static RpcServerBuilder AddRpcServer(this IServiceCollection services, Action<RpcServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, "", configure);
    }

    /// <summary>
    /// Adds a server with a name, beside others, or continues with it when it was added before. Its configuration section is
    /// <c>Rpc:Servers:{name}</c>; it is injected by <c>[FromKeyedServices("name")] RpcServer</c>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="name">The name, without a colon.</param>
    /// <param name="configure">Changes the options, for example <c>o => o.Listen("tcp://127.0.0.1:5000")</c>.</param>
    /// <returns>A builder that adds the services it offers; it needs at least one.</returns>
    /// <exception cref="ArgumentException">The name is empty, or holds a colon.</exception>
    public static RpcServerBuilder AddRpcServer(this IServiceCollection services, string name, Action<RpcServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        RegistrationName.Check(name, $"write AddRpcServer(options => options.Listen(\"{name}\")).");
        return Add(services, name, configure);
    }

    private static RpcServerBuilder Add(IServiceCollection services, string name, Action<RpcServerOptions>? configure)
    {
        RpcRegistrations registrations = RpcRegistrations.Of(services);
        ServerRegistration? registration = registrations.Servers.Find(server => server.Name == name);
        if (registration is null)
        {
            registration = new ServerRegistration(name);
            registrations.Servers.Add(registration);
            registration.AddOptions(services);
            RpcRegistryServiceCollectionExtensions.AddDirectory(services, registrations);
            registration.AddHealthCheck(services);
            if (name.Length == 0) services.AddSingleton(registration.Create);
            else services.AddKeyedSingleton(name, (provider, _) => registration.Create(provider));
            services.TryAddSingleton<OwnedLimiters>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnusedSections>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RpcServersHostedService>());
        }

        if (configure is not null) services.Configure(name, configure);
        return new RpcServerBuilder(services, registration);
    }
}
