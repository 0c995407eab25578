using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting.Client;
using SourceGen.Rpc.Hosting.Server;

namespace SourceGen.Rpc.Hosting;

/// <summary>Says what is called over a client of the host, and what it offers to its server. <c>AddRpcClient</c> creates it.</summary>
public sealed class RpcClientBuilder
{
    private readonly ClientRegistration _registration;

    internal RpcClientBuilder(IServiceCollection services, ClientRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>
    /// The name of the client's options, and the key that its <see cref="RpcClient"/> is injected by; empty for the client without a name.
    /// </summary>
    public string Name => _registration.Name;

    /// <summary>The collection that the client was added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Changes the client's options; it runs after configuration was read and after what was added before.</summary>
    /// <param name="configure">Changes them.</param>
    /// <returns>This builder.</returns>
    public RpcClientBuilder Configure(Action<RpcClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>
    /// Adds a filter that runs around the calls of this client, inside of those added before it here or in <see cref="RpcClientOptions"/>.
    /// Like the client it is a singleton, and many calls use it at once.
    /// </summary>
    /// <typeparam name="TFilter">The filter, created by the container with what its constructor takes.</typeparam>
    /// <param name="narrow">
    /// Says for which methods it runs, for example <c>filter => filter.ForService&lt;IGreeter&gt;()</c>. Default: for all.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">The filter is registered already with another lifetime than singleton.</exception>
    public RpcClientBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(
        Action<RpcFilterRegistration>? narrow = null)
        where TFilter : class, IRpcClientFilter
    {
        if (PartLifetime.Register<TFilter>(Services, lifetime: null, nameof(AddFilter)) is var lifetime and not ServiceLifetime.Singleton)
        {
            throw new InvalidOperationException(
                $"{typeof(TFilter).Name} is registered as {lifetime} already, and a client's filter is a singleton: register it as one.");
        }

        Services.AddOptions<RpcClientOptions>(Name).Configure<IServiceProvider>((options, services) =>
        {
            RpcFilterRegistration registration = options.Filters.Add(services.GetRequiredService<TFilter>);
            narrow?.Invoke(registration);
        });
        return this;
    }

    /// <summary>
    /// Makes a service injectable whose methods call over this client's one connection. Where several clients have the same service, the
    /// one that was added last is injected; those with names can be told apart by <c>[FromKeyedServices("name")]</c>.
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <returns>This builder.</returns>
    public RpcClientBuilder AddService<TService>()
        where TService : class, IRpcContract<TService>
    {
        ClientRegistration registration = _registration;
        if (!registration.TryAddService(typeof(TService))) return this;
        if (registration.IsNamed)
        {
            Services.AddKeyedSingleton<TService>(registration.Name, (services, _) => registration.GetClient(services).Get<TService>());
            Services.AddSingleton<TService>(services => services.GetRequiredKeyedService<TService>(registration.Name));
        }
        else
        {
            Services.AddSingleton<TService>(services => registration.GetClient(services).Get<TService>());
        }

        return this;
    }

    /// <summary>
    /// Offers a service to the server that <typeparamref name="TImplementation"/> implements, created by the container; the server's
    /// handlers call it through <see cref="RpcContext.GetCaller{TService}"/>. The connection over which they do is opened by the first call
    /// of this client's.
    /// </summary>
    /// <remarks>
    /// The implementation is registered by its own type, not by the interface. A singleton serves all calls, concurrently; a scoped or
    /// transient implementation is created for each call in a scope of that call's own, which is disposed of when the call is over.
    /// </remarks>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <typeparam name="TImplementation">Its implementation.</typeparam>
    /// <param name="lifetime">
    /// How long an instance lives. Default: the lifetime that <typeparamref name="TImplementation"/> is registered with already;
    /// <see cref="ServiceLifetime.Singleton"/> when it is not.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// The implementation is registered already with another lifetime than <paramref name="lifetime"/>.
    /// </exception>
    public RpcClientBuilder AddService<
        TService,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(ServiceLifetime? lifetime = null)
        where TService : class, IRpcContract<TService>
        where TImplementation : class, TService =>
        Offer(ServiceEntries.Create<TService, TImplementation>(Services, lifetime));

    /// <summary>Offers a service to the server that one object implements for all calls, concurrently. The caller keeps it.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="implementation">The implementation.</param>
    /// <returns>This builder.</returns>
    public RpcClientBuilder AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return Offer(ServiceEntries.Create(implementation));
    }

    private RpcClientBuilder Offer(ServiceEntry entry)
    {
        _registration.Offered.Add(entry);
        return this;
    }
}
