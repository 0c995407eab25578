using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.PubSub;

/// <summary>
/// Connects the host's broker and subscribes its handlers. The connection is there before anything of the host starts and until all has stopped, since
/// servers' handlers may publish.
/// </summary>
internal sealed class MessageBusHostedService(MessageBus bus, IEnumerable<SubscriberEntry> entries, IServiceProvider services, ILoggerFactory loggers)
    : IHostedLifecycleService
{
    private readonly ILogger _logger = loggers.CreateLogger(HostingLog.Category);
    private readonly List<(SubscriberEntry Entry, SubscriptionOptions Options)> _subscribers = [];
    private readonly List<ISubscription> _subscriptions = [];

    /// <inheritdoc/>
    /// <exception cref="OptionsValidationException">What the configuration says of the handlers is wrong.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        List<string> mistakes = [];
        IConfiguration? configuration = services.GetService<IConfiguration>();
        foreach (SubscriberEntry entry in entries) _subscribers.Add((entry, entry.GetOptions(configuration, mistakes)));
        if (mistakes.Count > 0) throw new OptionsValidationException("subscribers", typeof(SubscriptionOptions), mistakes.Distinct());
        await bus.ConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach ((SubscriberEntry entry, SubscriptionOptions options) in _subscribers)
        {
            ISubscription subscription = await entry.SubscribeAsync(bus, services, options, cancellationToken).ConfigureAwait(false);
            _subscriptions.Add(subscription);
            HostingLog.Subscribed(_logger, subscription.Topic, subscription.Options.QueueGroup ?? "none", bus.Broker.Address);
        }
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_subscriptions.Select(one => one.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken) => await bus.DisconnectAsync(cancellationToken).ConfigureAwait(false);
}
