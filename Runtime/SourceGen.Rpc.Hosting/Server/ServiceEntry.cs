using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>A service that a server, or a client, of the container offers.</summary>
internal abstract class ServiceEntry(RpcContract contract)
{
    /// <summary>Its contract.</summary>
    public RpcContract Contract { get; } = contract;

    /// <summary>Adds it to the server.</summary>
    public abstract void AddTo(RpcServer server, IServiceProvider services);

    /// <summary>Adds it to the client.</summary>
    public abstract void AddTo(RpcClient client, IServiceProvider services);

    /// <summary>
    /// Creates the implementation now if all calls share it, so that one that cannot be created fails the start and not a call.
    /// </summary>
    public abstract void Prepare(IServiceProvider services);
}

/// <summary>A service with its type and the way to its implementation.</summary>
internal sealed class ServiceEntry<TService>(Func<IServiceProvider, TService> resolve, ServiceLifetime lifetime)
    : ServiceEntry(TService.Contract)
    where TService : class, IRpcContract<TService>
{
    /// <inheritdoc/>
    public override void AddTo(RpcServer server, IServiceProvider services) => server.AddService<TService>(SourceIn(services));

    /// <inheritdoc/>
    public override void AddTo(RpcClient client, IServiceProvider services) => client.AddService<TService>(SourceIn(services));

    /// <inheritdoc/>
    public override void Prepare(IServiceProvider services)
    {
        if (lifetime == ServiceLifetime.Singleton) resolve(services);
    }

    private ServiceSource<TService> SourceIn(IServiceProvider services) => lifetime == ServiceLifetime.Singleton
        ? new SingletonSource<TService>(services, resolve)
        : new ScopedSource<TService>(services.GetRequiredService<IServiceScopeFactory>(), resolve);
}
