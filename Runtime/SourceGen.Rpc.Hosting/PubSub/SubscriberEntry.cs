using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting.Configuration;
using SourceGen.Rpc.Hosting.Server;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Hosting.PubSub;

/// <summary>A handler of the container for the events of a topic.</summary>
/// <param name="handler">The class of the handler.</param>
/// <param name="options">How events are delivered to it, as code has it.</param>
internal abstract class SubscriberEntry(Type handler, SubscriptionOptions options)
{
    /// <summary>What the handler's section of the configuration is called.</summary>
    public string Name { get; } = handler.Name;

    /// <summary>How events are delivered to the handler.</summary>
    /// <param name="configuration">What it says goes before code; null for none.</param>
    /// <param name="mistakes">What is wrong with it is added here.</param>
    public SubscriptionOptions GetOptions(IConfiguration? configuration, ICollection<string> mistakes)
    {
        SubscriptionOptions own = options.Copy();
        if (configuration is not null) SubscriberSection.Read(configuration, Name, own, mistakes);
        return own;
    }

    /// <summary>Subscribes it. One that all events share is created now, so that what is wrong with it fails the start and not an event.</summary>
    public abstract ValueTask<ISubscription> SubscribeAsync(
        MessageBus bus, IServiceProvider services, SubscriptionOptions options, CancellationToken cancellationToken);
}

/// <summary>The same, with the topic's type.</summary>
internal sealed class SubscriberEntry<TTopic>(Type handler, Func<IServiceProvider, TTopic> resolve, bool isShared, SubscriptionOptions options)
    : SubscriberEntry(handler, options)
    where TTopic : class, ITopicContract<TTopic>
{
    /// <inheritdoc/>
    public override ValueTask<ISubscription> SubscribeAsync(
        MessageBus bus, IServiceProvider services, SubscriptionOptions options, CancellationToken cancellationToken)
    {
        if (isShared) resolve(services);
        ServiceSource<TTopic> source = isShared
            ? new SingletonSource<TTopic>(services, resolve)
            : new ScopedSource<TTopic>(services.GetRequiredService<IServiceScopeFactory>(), resolve);
        return bus.SubscribeAsync(source, options, cancellationToken);
    }
}
