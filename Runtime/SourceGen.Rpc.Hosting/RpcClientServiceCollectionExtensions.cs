using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.Hosting.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds RPC clients to a host, or to any service collection. A client is one connection, opened by the first call and again when it is
/// lost; it is a singleton and closed when the container is disposed of asynchronously.
/// </summary>
public static class RpcClientServiceCollectionExtensions
{
    /// <summary>
    /// Makes a service injectable that is called over the client without a name. All services added so share its one connection; its
    /// address is <c>Rpc:Client:Address</c> in the configuration, or what <see cref="AddRpcClient(IServiceCollection,
    /// Action{RpcClientOptions})"/> says.
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="services">The collection.</param>
    /// <returns>A builder of the client.</returns>
    public static RpcClientBuilder AddRpcClient<TService>(this IServiceCollection services)
        where TService : class, IRpcContract<TService> => services.AddRpcClient().AddService<TService>();

    /// <summary>
    /// Makes a service injectable that is called at an address. Services with the same address share one connection. Other options are
    /// read from the configuration section <c>Rpc:Client</c>.
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="services">The collection.</param>
    /// <param name="address">The server's address, such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <returns>A builder of the client.</returns>
    /// <exception cref="ArgumentException">It is not an address.</exception>
    public static RpcClientBuilder AddRpcClient<TService>(this IServiceCollection services, string address)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        if (!RpcAddress.TryParse(address, out RpcAddress? parsed))
        {
            throw new ArgumentException(
                $"'{address}' is not an address, such as tcp://127.0.0.1:5000. "
                + $"For a client with a name write AddRpcClient(\"{address}\").AddService<{typeof(TService).Name}>().",
                nameof(address));
        }

        string name = parsed.ToString();
        return Add(services, name, () => ClientRegistration.ForAddress(name), options => options.Address = name, configure: null)
            .AddService<TService>();
    }

    /// <summary>
    /// Makes a service injectable that is called with options, and over a connection, of its own. The options are read from the
    /// configuration section <c>Rpc:Client</c>, then changed by <paramref name="configure"/>.
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Changes the options, for example <c>o => o.Address = "tcp://127.0.0.1:5000"</c>.</param>
    /// <returns>A builder of the client; more services can share its connection.</returns>
    public static RpcClientBuilder AddRpcClient<TService>(
        this IServiceCollection services, Action<RpcClientOptions> configure)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        RpcContract contract = TService.Contract;
        return Add(services, ClientRegistration.NameFor(contract), () => ClientRegistration.ForService(contract), setAddress: null, configure)
            .AddService<TService>();
    }

    /// <summary>
    /// Adds the client without a name, or continues with it when it was added before. Its options are read from the configuration section
    /// <c>Rpc:Client</c>, then changed by <paramref name="configure"/>. Its <see cref="RpcClient"/> can be injected.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Changes the options, for example <c>o => o.Address = "tcp://127.0.0.1:5000"</c>.</param>
    /// <returns>A builder that adds the services to call.</returns>
    public static RpcClientBuilder AddRpcClient(
        this IServiceCollection services, Action<RpcClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, "", ClientRegistration.Default, setAddress: null, configure);
    }

    /// <summary>
    /// Adds a client with a name, or continues with it when it was added before. Its options are read from the configuration section
    /// <c>Rpc:Clients:{name}</c>, then changed by <paramref name="configure"/>. Its <see cref="RpcClient"/> and its services can be
    /// injected by <c>[FromKeyedServices("name")]</c>.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="name">The name, without a colon.</param>
    /// <param name="configure">Changes the options, for example <c>o => o.Address = "tcp://127.0.0.1:5000"</c>.</param>
    /// <returns>A builder that adds the services to call.</returns>
    /// <exception cref="ArgumentException">The name is empty, or holds a colon.</exception>
    public static RpcClientBuilder AddRpcClient(
        this IServiceCollection services, string name, Action<RpcClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        RegistrationName.Check(
            name, $"write AddRpcClient<TService>(\"{name}\"), or AddRpcClient(options => options.Address = \"{name}\").");
        return Add(services, name, () => ClientRegistration.Named(name), setAddress: null, configure);
    }

    private static RpcClientBuilder Add(
        IServiceCollection services,
        string name,
        Func<ClientRegistration> create,
        Action<RpcClientOptions>? setAddress,
        Action<RpcClientOptions>? configure)
    {
        RpcRegistrations registrations = RpcRegistrations.Of(services);
        ClientRegistration? registration = registrations.Clients.Find(client => client.Name == name);
        if (registration is null)
        {
            registration = create();
            registrations.Clients.Add(registration);
            registration.AddOptions(services);
            RpcRegistryServiceCollectionExtensions.AddDirectory(services, registrations);
            if (setAddress is not null) services.Configure(name, setAddress);
            if (name.Length == 0) services.AddSingleton(registration.Create);
            else services.AddKeyedSingleton(name, (provider, _) => registration.Create(provider));
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnusedSections>());
        }

        if (configure is not null) services.Configure(name, configure);
        return new RpcClientBuilder(services, registration);
    }
}
