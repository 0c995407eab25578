using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc;

/// <content>Handling events beside calls, as the server of Go Micro does: they come from the broker of <see cref="RpcServerOptions.Bus"/>.</content>
public sealed partial class RpcServer
{
    private readonly List<Func<MessageBus, CancellationToken, ValueTask<ISubscription>>> _subscribers = [];
    private readonly List<ISubscription> _subscriptions = [];

    /// <summary>
    /// Has the events of a topic handled by an object, from the server's start to its end. Starting connects the bus; stopping begins with taking no more events.
    /// </summary>
    /// <typeparam name="TTopic">A <see cref="TopicAttribute">[Topic]</see> interface.</typeparam>
    /// <param name="handler">The object; see <see cref="MessageBus.SubscribeAsync{TTopic}(TTopic, SubscriptionOptions?, CancellationToken)"/>.</param>
    /// <param name="options">How events are delivered; null for the defaults.</param>
    /// <returns>This server.</returns>
    /// <exception cref="InvalidOperationException">The server is started, or its options have no <see cref="RpcServerOptions.Bus"/>.</exception>
    public RpcServer AddSubscriber<TTopic>(TTopic handler, SubscriptionOptions? options = null)
        where TTopic : class, ITopicContract<TTopic>
    {
        ArgumentNullException.ThrowIfNull(handler);
        SubscriptionOptions? own = options?.Copy();
        return AddSubscriber(TTopic.Contract.Name, (bus, token) => bus.SubscribeAsync(handler, own, token));
    }

    /// <summary>Has the messages of a topic handled that is known at run time.</summary>
    /// <param name="topic">The topic, or a pattern where the broker has them.</param>
    /// <param name="handler">Handles each message.</param>
    /// <param name="options">How messages are delivered; null for the defaults.</param>
    /// <returns>This server.</returns>
    /// <inheritdoc cref="AddSubscriber{TTopic}(TTopic, SubscriptionOptions?)" path="/exception"/>
    public RpcServer AddSubscriber(string topic, MessageHandler handler, SubscriptionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(handler);
        SubscriptionOptions? own = options?.Copy();
        return AddSubscriber(topic, (bus, token) => bus.Broker.SubscribeAsync(topic, handler, own, token));
    }

    private RpcServer AddSubscriber(string topic, Func<MessageBus, CancellationToken, ValueTask<ISubscription>> subscribe)
    {
        if (_state != State.New) throw new InvalidOperationException($"Add the subscriber of '{topic}' before the server is started.");
        if (_options.Bus is null)
        {
            throw new InvalidOperationException(
                $"The server has no message bus for the subscriber of '{topic}': set RpcServerOptions.Bus, for example to new MessageBus(new MemoryBroker()).");
        }

        _subscribers.Add(subscribe);
        return this;
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        if (_subscribers.Count == 0 || _options.Bus is not { } bus) return;
        await bus.ConnectAsync(cancellationToken).ConfigureAwait(false);
        foreach (Func<MessageBus, CancellationToken, ValueTask<ISubscription>> subscribe in _subscribers)
            _subscriptions.Add(await subscribe(bus, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Takes no more events. The handlers in progress have the time that calls have.</summary>
    private async Task UnsubscribeAsync(CancellationToken cancellationToken)
    {
        if (_subscriptions.Count == 0) return;
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.DrainTimeout);
        await Task.WhenAll(_subscriptions.Select(one => one.UnsubscribeAsync(patience.Token).AsTask())).ConfigureAwait(false);
        _subscriptions.Clear();
    }
}
