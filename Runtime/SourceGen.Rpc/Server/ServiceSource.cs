namespace SourceGen.Rpc.Server;

/// <summary>
/// Where the implementation of a service comes from: one instance for all calls, or one per call that is released after it.
/// </summary>
/// <typeparam name="TService">The service interface.</typeparam>
public abstract class ServiceSource<TService>
    where TService : class
{
    /// <summary>The instance for all calls; null when each call gets one of its own.</summary>
    public virtual TService? Shared => null;

    /// <summary>Gets an implementation for one call. Called only when <see cref="Shared"/> is null.</summary>
    /// <param name="lease">What to dispose of when the call is over, or null.</param>
    public abstract TService Activate(out IAsyncDisposable? lease);

    /// <summary>
    /// Gets an implementation for one call with filters, which has a scope already. Default: <see cref="Activate(out IAsyncDisposable?)"/>.
    /// </summary>
    /// <param name="services">The services of the call's scope; null when there are no <see cref="RpcConnectionOptions.Scopes"/>.</param>
    /// <param name="lease">What to dispose of when the call is over, before the scope, or null.</param>
    public virtual TService Activate(IServiceProvider? services, out IAsyncDisposable? lease) => Activate(out lease);
}
