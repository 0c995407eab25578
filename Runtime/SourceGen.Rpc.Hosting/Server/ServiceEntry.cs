using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>A service that a server of the container offers.</summary>
internal abstract class ServiceEntry(RpcContract contract)
{
    /// <summary>Its contract.</summary>
    public RpcContract Contract { get; } = contract;

    /// <summary>Adds it to the server.</summary>
    public abstract void AddTo(RpcServer server, IServiceProvider services);

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
    public override void AddTo(RpcServer server, IServiceProvider services) => server.AddService<TService>(
        lifetime == ServiceLifetime.Singleton
            ? new SingletonSource<TService>(services, resolve)
            : new ScopedSource<TService>(services.GetRequiredService<IServiceScopeFactory>(), resolve));

    /// <inheritdoc/>
    public override void Prepare(IServiceProvider services)
    {
        if (lifetime == ServiceLifetime.Singleton) resolve(services);
    }
}
