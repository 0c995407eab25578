using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>An instance from a scope of its own for each call; the scope is disposed of when the call is over.</summary>
internal sealed class ScopedSource<TService>(IServiceScopeFactory scopes, Func<IServiceProvider, TService> resolve)
    : ServiceSource<TService>
    where TService : class
{
    /// <inheritdoc/>
    public override TService Activate(out IAsyncDisposable? lease)
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        // Handed out before anything can fail: the engine then disposes of the scope even if the implementation cannot be created.
        lease = scope;
        return resolve(scope.ServiceProvider);
    }

    /// <inheritdoc/>
    public override TService Activate(IServiceProvider? services, out IAsyncDisposable? lease)
    {
        if (services is null) return Activate(out lease);
        lease = null;
        return resolve(services);
    }
}
