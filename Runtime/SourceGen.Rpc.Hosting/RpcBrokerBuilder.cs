using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting.PubSub;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting;

/// <summary>Says what a host publishes and handles. <c>AddRpcBroker</c> creates it.</summary>
public sealed class RpcBrokerBuilder
{
    internal RpcBrokerBuilder(IServiceCollection services) => Services = services;

    /// <summary>The collection that the broker was added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Changes the options of the message bus.</summary>
    /// <param name="configure">Changes them.</param>
    /// <returns>This builder.</returns>
    public RpcBrokerBuilder Configure(Action<MessageBusOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(configure);
        return this;
    }

    /// <summary>Makes a topic's interface one that can be injected: calling its methods publishes.</summary>
    /// <typeparam name="TTopic">A <see cref="TopicAttribute">[Topic]</see> interface.</typeparam>
    /// <returns>This builder.</returns>
    public RpcBrokerBuilder AddPublisher<TTopic>()
        where TTopic : class, ITopicContract<TTopic>
    {
        Services.TryAddSingleton(static services => services.GetRequiredService<MessageBus>().GetPublisher<TTopic>());
        return this;
    }

    /// <summary>
    /// Has a topic's events handled by <typeparamref name="THandler"/>, created by the container with what its constructor takes. Handling begins
    /// when the host starts, and ends, waiting for the handlers in progress, when it stops.
    /// </summary>
    /// <remarks>
    /// The handler is registered by its own type, not by the interface: injecting the interface gives the publisher, if one was added. A singleton
    /// handles all events; a scoped or transient handler is created for each event in a scope of the event's own. What the configuration has under
    /// <c>Rpc:Subscribers:THandler</c>, by the class's name, goes before <paramref name="configure"/>: operators say how many at a time.
    /// </remarks>
    /// <typeparam name="TTopic">A <see cref="TopicAttribute">[Topic]</see> interface.</typeparam>
    /// <typeparam name="THandler">Its implementation.</typeparam>
    /// <param name="configure">
    /// Changes how events are delivered; what <see cref="QueueGroupAttribute">[QueueGroup]</see> of the handler says is there already.
    /// </param>
    /// <param name="lifetime">
    /// How long an instance lives. Default: the lifetime that <typeparamref name="THandler"/> is registered with already;
    /// <see cref="ServiceLifetime.Singleton"/> when it is not.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">The handler is registered already with another lifetime than <paramref name="lifetime"/>.</exception>
    public RpcBrokerBuilder AddSubscriber<
        TTopic,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        Action<SubscriptionOptions>? configure = null, ServiceLifetime? lifetime = null)
        where TTopic : class, ITopicContract<TTopic>
        where THandler : class, TTopic
    {
        bool isShared = PartLifetime.Register<THandler>(Services, lifetime, nameof(AddSubscriber)) == ServiceLifetime.Singleton;
        SubscriptionOptions options = SubscriptionOptions.ForHandler(typeof(THandler));
        configure?.Invoke(options);
        Services.AddSingleton<SubscriberEntry>(
            new SubscriberEntry<TTopic>(typeof(THandler), static services => services.GetRequiredService<THandler>(), isShared, options));
        return this;
    }
}
