using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.PubSub.Publishing;
using SourceGen.Rpc.PubSub.Subscribing;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Publishes the events of <see cref="TopicAttribute">[Topic]</see> interfaces, and has them handled, over any <see cref="IBroker"/>. Thread safe.
/// </summary>
/// <example>
/// <code>
/// await using MessageBus bus = new(new MemoryBroker());
/// await bus.ConnectAsync();
/// await bus.SubscribeAsync&lt;IOrderEvents&gt;(new Billing());
/// await bus.GetPublisher&lt;IOrderEvents&gt;().PlacedAsync(new OrderPlaced("17"));
/// </code>
/// </example>
public sealed class MessageBus : IAsyncDisposable
{
    private readonly MessageBusOptions _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<RpcContract, object> _publishers = new();

    /// <summary>Creates a bus.</summary>
    /// <param name="broker">The broker; the bus disposes of it.</param>
    /// <param name="options">What it is like; null for the defaults. They are copied.</param>
    public MessageBus(IBroker broker, MessageBusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(broker);
        Broker = broker;
        _options = options?.Copy() ?? new MessageBusOptions();
        _logger = ContainedLogger.Create(_options.LoggerFactory, "SourceGen.Rpc.PubSub");
    }

    /// <summary>The broker, for messages that are no events of an interface: those with topics and payloads that are known at run time.</summary>
    public IBroker Broker { get; }

    /// <inheritdoc cref="IBroker.ConnectAsync"/>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default) => Broker.ConnectAsync(cancellationToken);

    /// <inheritdoc cref="IBroker.DisconnectAsync"/>
    public ValueTask DisconnectAsync(CancellationToken cancellationToken = default) => Broker.DisconnectAsync(cancellationToken);

    /// <summary>
    /// Gets an implementation of a topic's interface whose methods publish. The same one each time; it can be had before the bus is connected.
    /// </summary>
    /// <remarks>
    /// A method completes as <see cref="IBroker.PublishAsync(in OutgoingMessage, CancellationToken)"/> does, and fails as it does. Headers and baggage of an
    /// <see cref="RpcCallScope"/> travel with the event, as does the trace that it belongs to. A scope with a timeout makes the event one that nobody handles when
    /// that time has passed.
    /// </remarks>
    /// <typeparam name="TTopic">The interface.</typeparam>
    public TTopic GetPublisher<TTopic>()
        where TTopic : class, ITopicContract<TTopic>
    {
        RpcContract<TTopic> contract = TTopic.Contract;
        return (TTopic)_publishers.GetOrAdd(contract, static (_, bus) => TTopic.Contract.CreateProxy(new PublishChannel(bus.Broker, bus._options.Codec)), this);
    }

    /// <summary>Has the events of a topic handled by an object, whose methods run concurrently if the options say so.</summary>
    /// <typeparam name="TTopic">The interface.</typeparam>
    /// <param name="handler">
    /// The object. A method that completes has handled its event; one that throws gets it again, unless it throws a <see cref="MessageRejectedException"/>.
    /// </param>
    /// <param name="options">
    /// How events are delivered; null for what <see cref="QueueGroupAttribute">[QueueGroup]</see> says, and the defaults.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription: one to all events of the interface where the broker has patterns, so that they keep their order.</returns>
    /// <exception cref="RpcException">As <see cref="IBroker.SubscribeAsync"/>.</exception>
    /// <exception cref="NotSupportedException">The broker cannot do what the options ask for, or the codec a type.</exception>
    public ValueTask<ISubscription> SubscribeAsync<TTopic>(
        TTopic handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
        where TTopic : class, ITopicContract<TTopic>
    {
        ArgumentNullException.ThrowIfNull(handler);
        return SubscribeAsync(new SharedServiceSource<TTopic>(handler), SubscriptionOptions.ForHandler(handler.GetType(), options), cancellationToken);
    }

    /// <summary>The same, with a handler that comes from somewhere, for each event if it wishes.</summary>
    /// <typeparam name="TTopic">The interface.</typeparam>
    /// <param name="source">Where the handler comes from.</param>
    /// <param name="options">How events are delivered; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="SubscribeAsync{TTopic}(TTopic, SubscriptionOptions?, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="SubscribeAsync{TTopic}(TTopic, SubscriptionOptions?, CancellationToken)" path="/exception"/>
    public async ValueTask<ISubscription> SubscribeAsync<TTopic>(
        ServiceSource<TTopic> source, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
        where TTopic : class, ITopicContract<TTopic>
    {
        ArgumentNullException.ThrowIfNull(source);
        EventDispatcher<TTopic> dispatcher = new(TTopic.Contract, source, _options.Codec, Broker, options?.MaxDeliveries, _logger);
        if ((Broker.Capabilities & BrokerCapabilities.Patterns) != 0)
            return await Broker.SubscribeAsync($"{TTopic.Contract.Name}.>", dispatcher.HandleAsync, options, cancellationToken).ConfigureAwait(false);

        List<ISubscription> parts = [];
        try
        {
            foreach (RpcMethod method in ((RpcContract)TTopic.Contract).Methods)
                parts.Add(await Broker.SubscribeAsync(method.Topic, dispatcher.HandleAsync, options, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            foreach (ISubscription part in parts) await part.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new SubscriptionList(TTopic.Contract.Name, parts);
    }

    /// <summary>Ends the broker.</summary>
    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}
