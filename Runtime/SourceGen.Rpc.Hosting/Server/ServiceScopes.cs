using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>Scopes of the host's container, for calls with filters.</summary>
internal sealed class ServiceScopes(IServiceScopeFactory scopes) : RpcScopeFactory
{
    /// <inheritdoc/>
    public override IServiceProvider CreateScope(out IAsyncDisposable? lease)
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        lease = scope;
        return scope.ServiceProvider;
    }
}
