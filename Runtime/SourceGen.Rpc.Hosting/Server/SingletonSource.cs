using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>
/// The container's one instance, for all calls. It is resolved at the first use and not when the server is created, so that an
/// implementation may have the server itself injected.
/// </summary>
internal sealed class SingletonSource<TService>(IServiceProvider services, Func<IServiceProvider, TService> resolve)
    : ServiceSource<TService>
    where TService : class
{
    private TService? _instance;

    /// <inheritdoc/>
    public override TService Shared => _instance ??= resolve(services);

    /// <inheritdoc/>
    public override TService Activate(out IAsyncDisposable? lease)
    {
        lease = null;
        return Shared;
    }
}
