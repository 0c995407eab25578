using Microsoft.Extensions.DependencyInjection;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>
/// An authenticator from the container, resolved for each credential that is to be judged: a singleton is the same each time.
/// </summary>
internal sealed class ContainerAuthenticator<TAuthenticator>(IServiceScopeFactory scopes) : IRpcAuthenticator
    where TAuthenticator : class, IRpcAuthenticator
{
    /// <summary>What logs call it.</summary>
    public override string ToString() => typeof(TAuthenticator).ToString();

    /// <inheritdoc/>
    public async ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken)
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await scope.ServiceProvider.GetRequiredService<TAuthenticator>()
                .AuthenticateAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }
}
