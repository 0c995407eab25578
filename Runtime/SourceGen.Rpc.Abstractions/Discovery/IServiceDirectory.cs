using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// A client's view of a registry: follows the services it was asked for, keeps the last good answer through whatever happens to the
/// registry, and gives it without waiting. Thread safe.
/// </summary>
public interface IServiceDirectory : IAsyncDisposable
{
    /// <summary>Gets what is known of a service, without lock, wait or allocation: for the call path.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="snapshot">The latest snapshot. It can be empty or stale.</param>
    /// <returns>False when nothing is known yet; <see cref="GetAsync"/> finds out.</returns>
    bool TryGet(string service, [NotNullWhen(true)] out ServiceSnapshot? snapshot);

    /// <summary>
    /// Gets what is known of a service, asking the registry when it was not asked before: once, however many callers wait for it. From then
    /// on the service is followed.
    /// </summary>
    /// <param name="service">The service's name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A snapshot with at least one node.</returns>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.NotFound"/>: it is not registered; <see cref="RpcStatusCode.Unavailable"/> and others: the registry could
    /// not answer, and nothing is known from before.
    /// </exception>
    ValueTask<ServiceSnapshot> GetAsync(string service, CancellationToken cancellationToken = default);

    /// <summary>
    /// Subscribes to what a condition selects. Returns when the listener has been given the first whole snapshot, which is empty when
    /// nothing is selected and stale when the registry cannot be reached.
    /// </summary>
    /// <param name="condition">
    /// Such as <c>consumer://10.0.0.9/Shop.Greeter?group=*&amp;version=*</c>; the service, too, may be <c>*</c>. With <c>check=false</c> it
    /// need not be found now, nor the registry be reached.
    /// </param>
    /// <param name="listener">Who is told. It can subscribe to several conditions, to one of them only once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// The condition is checked, and <see cref="RpcStatusCode.NotFound"/>: it selects nothing; others: the registry could not answer and
    /// nothing is known from before. The listener is not subscribed then.
    /// </exception>
    /// <exception cref="InvalidOperationException">The listener is subscribed to this condition.</exception>
    ValueTask SubscribeAsync(ServiceUrl condition, INotifyListener listener, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends a subscription. When it returns, the listener is not running and not called again; called by the listener itself, it is not
    /// called again. Ending one that is not there does nothing.
    /// </summary>
    /// <param name="condition">What was subscribed to.</param>
    /// <param name="listener">Who was told.</param>
    ValueTask UnsubscribeAsync(ServiceUrl condition, INotifyListener listener);

    /// <summary>Whether the registry answers, as far as the directory follows anything.</summary>
    RegistryState State { get; }
}
