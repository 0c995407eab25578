using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting.Health;
using SourceGen.Rpc.Hosting.Server;

namespace SourceGen.Rpc.Hosting;

/// <summary>Says what a server of the host offers. <c>AddRpcServer</c> creates it.</summary>
public sealed class RpcServerBuilder
{
    private readonly ServerRegistration _registration;

    internal RpcServerBuilder(IServiceCollection services, ServerRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The server's name, which is also the name of its options; empty for the server without one.</summary>
    public string Name => _registration.Name;

    /// <summary>The collection that the server was added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Changes the server's options; it runs after configuration was read and after what was added before.</summary>
    /// <param name="configure">Changes them.</param>
    /// <returns>This builder.</returns>
    public RpcServerBuilder Configure(Action<RpcServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>
    /// Offers a service that <typeparamref name="TImplementation"/> implements, created by the container with what its constructor takes.
    /// </summary>
    /// <remarks>
    /// The implementation is registered by its own type, not by the interface: injecting the interface gives the client, if one was added.
    /// A singleton serves all calls, concurrently; it is created before the server listens. A scoped or transient implementation is
    /// created for each call in a scope of that call's own, which is disposed of, asynchronously where the services can, when the
    /// call is over, whether it succeeded or failed.
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
    public RpcServerBuilder AddService<
        TService,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(ServiceLifetime? lifetime = null)
        where TService : class, IRpcContract<TService>
        where TImplementation : class, TService =>
        Add(ServiceEntries.Create<TService, TImplementation>(Services, lifetime));

    /// <summary>
    /// Offers a service that one object implements for all calls, concurrently. The caller keeps it: the container does not dispose of it.
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="implementation">The implementation.</param>
    /// <returns>This builder.</returns>
    public RpcServerBuilder AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return Add(ServiceEntries.Create(implementation));
    }

    /// <summary>Offers a service whose implementation a function creates. The container owns what it returns, and disposes of it.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="factory">Creates the implementation from the services of the container, or of the call's own scope.</param>
    /// <param name="lifetime">
    /// How long an instance lives: a singleton serves all calls, any other lifetime gives each call an instance and a scope of its own.
    /// Default: <see cref="ServiceLifetime.Singleton"/>.
    /// </param>
    /// <returns>This builder.</returns>
    public RpcServerBuilder AddService<TService>(
        Func<IServiceProvider, TService> factory, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Add(ServiceEntries.Create(Services, factory, lifetime));
    }

    /// <summary>
    /// Has the container's <typeparamref name="TLifecycle"/> run when the server starts and stops, behind what was added before it here or in
    /// <see cref="RpcServerOptions.Lifecycle"/>. It is a singleton, and created before the server listens.
    /// </summary>
    /// <typeparam name="TLifecycle">It, created by the container with what its constructor takes.</typeparam>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">It is registered already with another lifetime.</exception>
    public RpcServerBuilder AddLifecycle<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TLifecycle>()
        where TLifecycle : class, IRpcServerLifecycle
    {
        PartLifetime.Register<TLifecycle>(Services, ServiceLifetime.Singleton, nameof(AddLifecycle));
        Services.AddOptions<RpcServerOptions>(Name).Configure<IServiceProvider>(
            static (options, services) => options.Lifecycle.Add(services.GetRequiredService<TLifecycle>()));
        return this;
    }

    /// <summary>
    /// Adds a filter that runs around the calls of this server, inside of those added before it here or in <see cref="RpcServerOptions"/>.
    /// </summary>
    /// <remarks>
    /// A singleton filter serves all calls, concurrently; it is created before the server listens. A scoped or transient one is resolved
    /// for each call from the scope that a scoped implementation of the call comes from too, and disposed of with it.
    /// </remarks>
    /// <typeparam name="TFilter">The filter, created by the container with what its constructor takes.</typeparam>
    /// <param name="narrow">
    /// Says for which methods it runs, for example <c>filter => filter.ForService&lt;IGreeter&gt;()</c>. Default: for all.
    /// </param>
    /// <param name="lifetime">
    /// How long an instance lives. Default: the lifetime that <typeparamref name="TFilter"/> is registered with already;
    /// <see cref="ServiceLifetime.Singleton"/> when it is not.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// The filter is registered already with another lifetime than <paramref name="lifetime"/>.
    /// </exception>
    public RpcServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(
        Action<RpcFilterRegistration>? narrow = null, ServiceLifetime? lifetime = null)
        where TFilter : class, IRpcServerFilter
    {
        bool perCall = PartLifetime.Register<TFilter>(Services, lifetime, nameof(AddFilter)) != ServiceLifetime.Singleton;
        Services.AddOptions<RpcServerOptions>(Name).Configure<IServiceProvider>((options, services) =>
        {
            RpcFilterRegistration registration = perCall
                ? options.Filters.Add(static call => call.Services!.GetRequiredService<TFilter>())
                : options.Filters.Add(services.GetRequiredService<TFilter>);
            narrow?.Invoke(registration);
        });
        return this;
    }

    /// <summary>
    /// Adds an authenticator, asked after those added before it here or in <see cref="RpcServerOptions.Access"/>. From then on every method
    /// asks for an authenticated caller, unless it says otherwise.
    /// </summary>
    /// <remarks>
    /// A singleton judges all peers, concurrently; it is created when it is first needed. A scoped or transient one is resolved for each
    /// credential that is to be judged, from a scope that is disposed of afterwards.
    /// </remarks>
    /// <typeparam name="TAuthenticator">The authenticator, created by the container with what its constructor takes.</typeparam>
    /// <param name="lifetime">
    /// How long an instance lives. Default: the lifetime that <typeparamref name="TAuthenticator"/> is registered with already;
    /// <see cref="ServiceLifetime.Singleton"/> when it is not.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// The authenticator is registered already with another lifetime than <paramref name="lifetime"/>.
    /// </exception>
    public RpcServerBuilder AddAuthenticator<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAuthenticator>(ServiceLifetime? lifetime = null)
        where TAuthenticator : class, IRpcAuthenticator
    {
        PartLifetime.Register<TAuthenticator>(Services, lifetime, nameof(AddAuthenticator));
        Services.AddOptions<RpcServerOptions>(Name).Configure<IServiceScopeFactory>(
            static (options, scopes) => options.Access.Authenticators.Add(new ContainerAuthenticator<TAuthenticator>(scopes)));
        return this;
    }

    /// <summary>
    /// Makes the program's health checks decide the server's status in <c>rpc.Health</c>: <see cref="ServingStatus.NotServing"/> while
    /// one of them is unhealthy. The checks that stand for RPC servers themselves do not count.
    /// </summary>
    /// <remarks>
    /// The checks are run, and their results taken over, as <see cref="HealthCheckPublisherOptions"/> says: 5 seconds after the start for
    /// the first time, then every 30 seconds. Until then the server counts as serving.
    /// </remarks>
    /// <returns>This builder.</returns>
    public RpcServerBuilder PublishHealthChecks() => Publish(new HealthPublication(RpcHealth.Server, []));

    /// <summary>
    /// Makes some of the program's health checks decide a service's status in <c>rpc.Health</c>; see <see cref="PublishHealthChecks()"/>.
    /// </summary>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="checks">The names of the checks; one that does not exist counts as unhealthy.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">No check is named.</exception>
    public RpcServerBuilder PublishHealthChecks<TService>(params string[] checks)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Length > 0
            ? Publish(new HealthPublication(TService.Contract.Name, [.. checks]))
            : throw new ArgumentException("Name the health checks that the service depends on, for example \"database\".", nameof(checks));
    }

    private RpcServerBuilder Publish(HealthPublication publication)
    {
        ServerRegistration registration = _registration;
        if (registration.Publications.Count == 0)
        {
            Services.AddHealthChecks();
            Services.AddSingleton<IHealthCheckPublisher>(provider => new RpcHealthPublisher(registration, provider));
        }

        registration.Publications.Add(publication);
        return this;
    }

    private RpcServerBuilder Add(ServiceEntry entry)
    {
        _registration.Services.Add(entry);
        return this;
    }
}
