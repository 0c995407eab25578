namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Publishes messages to topics, and delivers them to whoever subscribes. Go Micro's Broker. Thread safe. It is connected before it is used,
/// and connects again by itself when the connection is lost; subscriptions come back with it.
/// </summary>
/// <remarks>
/// A topic is a name of tokens with dots between (<c>orders.placed</c>), as <see cref="TopicName"/> says. What an engine cannot do is an error
/// of the call that asks for it, never done in a weaker way: <see cref="Capabilities"/> says what it can.
/// </remarks>
public interface IBroker : IAsyncDisposable
{
    /// <summary>What it was created with.</summary>
    BrokerOptions Options { get; }

    /// <summary>Where it is, without what may be secret.</summary>
    string Address { get; }

    /// <summary>What the engine can do.</summary>
    BrokerCapabilities Capabilities { get; }

    /// <summary>How the program gets on with it.</summary>
    BrokerState State { get; }

    /// <summary>Connects. Does nothing when it is connected.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: nothing answers at the address, or what does is no such engine;
    /// <see cref="RpcStatusCode.Unauthenticated"/>: it does not let the program in.
    /// </exception>
    ValueTask ConnectAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends all subscriptions, waiting for the handlers in progress, then the connection. What was published is sent before. It can be connected
    /// again. Does nothing when it is not connected.
    /// </summary>
    /// <param name="cancellationToken">Waits no longer; messages that are being handled may be delivered again.</param>
    ValueTask DisconnectAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes a message. The task completes when the engine has it, as far as it says so
    /// (<see cref="BrokerCapabilities.PublisherConfirms"/>), and else when it is written to the connection. That nobody subscribes is no error:
    /// the message is gone, unless a durable subscription waits for it.
    /// </summary>
    /// <param name="message">The message. Its payload is the caller's again when the task has completed.</param>
    /// <param name="cancellationToken">Gives up; the message may have been published.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: it is not connected (<see cref="ConnectAsync"/>);
    /// <see cref="RpcStatusCode.InvalidArgument"/>: the topic is none, or the message is larger than the engine takes;
    /// <see cref="RpcStatusCode.Unavailable"/>: the connection was lost, and <see cref="RpcException.Progress"/> says whether the message may
    /// have been published; <see cref="RpcStatusCode.ResourceExhausted"/>: a buffer is full and its policy is to say so.
    /// </exception>
    ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default);

    /// <summary>Publishes messages in their order, and waits for all of them together. By default one after the other.</summary>
    /// <param name="messages">The messages. Their payloads are the caller's again when the task has completed.</param>
    /// <param name="cancellationToken">Gives up; some may have been published.</param>
    /// <exception cref="RpcException">As for one message; those before the one that failed are published, those after it may be.</exception>
    async ValueTask PublishAsync(ReadOnlyMemory<OutgoingMessage> messages, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < messages.Length; i++) await PublishAsync(in messages.Span[i], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Subscribes to a topic, or to all that a pattern matches.</summary>
    /// <param name="topic">The topic, or a pattern as <see cref="TopicPattern"/> reads it.</param>
    /// <param name="handler">Handles each message; what it returns settles it.</param>
    /// <param name="options">How messages are delivered; null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription, which is in effect: messages that are published from now on are delivered.</returns>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: it is not connected; <see cref="RpcStatusCode.InvalidArgument"/>: the topic is none;
    /// <see cref="RpcStatusCode.Unavailable"/>: the connection was lost.
    /// </exception>
    /// <exception cref="NotSupportedException">The options ask for what the engine cannot do; the message says what, and who can.</exception>
    /// <exception cref="ArgumentException">The options contradict each other, or one is out of range.</exception>
    ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default);
}
