using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Core;
using SourceGen.Rpc.Brokers.Nats.JetStream;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats;

/// <summary>
/// Messages by NATS (https://nats.io): at most once, to who is there; or kept by its JetStream, and then at least once. Topics and patterns are
/// NATS's subjects as they are. docs/brokers/nats.md says what stands for what.
/// </summary>
/// <remarks>
/// Without JetStream a subscription whose handlers are slower than its messages loses the newest of them, which
/// <see cref="SubscriptionCounts.Dropped"/> counts, and so does one whose handler fails. With JetStream the messages wait in the server.
/// </remarks>
public sealed class NatsBroker : IBroker
{
    internal const string Scheme = "nats";
    internal const BrokerCapabilities CoreCapabilities = BrokerCapabilities.QueueGroups | BrokerCapabilities.Patterns;
    internal const BrokerCapabilities JetStreamCapabilities = CoreCapabilities | BrokerCapabilities.Redelivery | BrokerCapabilities.DeadLetters
        | BrokerCapabilities.PublisherConfirms | BrokerCapabilities.Durable | BrokerCapabilities.Replay | BrokerCapabilities.SurvivesSubscriber
        | BrokerCapabilities.Persistent;

    private readonly NatsBrokerOptions _options;
    private readonly ILogger _logger;
    private readonly NatsClient _client;
    private readonly JetStreamApi? _api;
    private readonly JetStreamStreams? _streams;
    private readonly JetStreamPublisher? _publisher;
    private readonly Lock _gate = new();
    private readonly HashSet<ISubscription> _subscriptions = [];
    private bool _isDisposed;

    /// <summary>Creates a broker. Nothing is connected to yet.</summary>
    /// <param name="options">Where NATS is, and how it is used. They are copied.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range, or a file cannot be read; the message names it.</exception>
    public NatsBroker(NatsBrokerOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options.Copy();
        _logger = (ILogger?)loggerFactory?.CreateLogger<NatsBroker>() ?? NullLogger.Instance;
        Address = $"{Scheme}://{string.Join(',', _options.GetServers())}";
        _client = new NatsClient(_options, Address, _logger);
        if (!_options.JetStream) return;
        _api = new JetStreamApi(_client, _options.ReplyTimeout);
        _streams = new JetStreamStreams(_api, _options, _logger);
        _publisher = new JetStreamPublisher(_client, _api, _streams, _options.PublishTimeout);
    }

    /// <inheritdoc/>
    public BrokerOptions Options => _options;

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities => _options.JetStream ? JetStreamCapabilities : CoreCapabilities;

    /// <inheritdoc/>
    public BrokerState State => _client.State;

    /// <summary>How many bytes were published and wait to be sent; <see cref="NatsBrokerOptions.MaxPendingBytes"/> is the most.</summary>
    public int PendingBytes => _client.PendingBytes;

    /// <inheritdoc/>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!await _client.ConnectAsync(cancellationToken).ConfigureAwait(false) || _api is null) return;
        try
        {
            await _api.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await _client.DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisconnectAsync(CancellationToken cancellationToken = default)
    {
        ISubscription[] subscriptions;
        lock (_gate) subscriptions = [.. _subscriptions];
        await Task.WhenAll(subscriptions.Select(subscription => subscription.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        await _client.DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        TopicName.Check(message.Topic);
        return _publisher is null
            ? _client.PublishAsync(in message, request: null, deduplicationId: null, cancellationToken)
            : _publisher.PublishAsync(message, deduplicationId: null, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<OutgoingMessage> messages, CancellationToken cancellationToken = default)
    {
        foreach (ref readonly OutgoingMessage message in messages.Span) TopicName.Check(message.Topic);
        if (_publisher is not null)
        {
            await _publisher.PublishAsync(messages, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (int i = 0; i < messages.Length; i++)
        {
            await _client.PublishAsync(in messages.Span[i], request: null, deduplicationId: null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        TopicPattern pattern = TopicPattern.Parse(topic);
        options = options?.Copy() ?? new SubscriptionOptions();
        options.Validate(pattern, Capabilities, _options.JetStream ? "nats://" : "nats:// without jetstream=true");
        if (State.Status == BrokerStatus.Disconnected) throw BrokerErrors.NotConnected(Address);
        if (_publisher is null)
        {
            CoreSubscription subscription = new(_client, pattern, handler, options, _options, _logger, Forget) { Subject = pattern.Text, Queue = options.QueueGroup };
            await AddAsync(subscription, subscription.StartAsync(cancellationToken)).ConfigureAwait(false);
            return subscription;
        }
        else
        {
            JetStreamConsumer consumer = new(_api!, _streams!, Address, pattern, options, _logger);
            JetStreamSubscription subscription = new(_client, _publisher, consumer, pattern, handler, options, _logger, Forget);
            await AddAsync(subscription, subscription.StartAsync(cancellationToken)).ConfigureAwait(false);
            return subscription;
        }
    }

    /// <summary>Disconnects. It cannot be used again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task AddAsync(ISubscription subscription, Task starting)
    {
        lock (_gate) _subscriptions.Add(subscription);
        try
        {
            await starting.ConfigureAwait(false);
        }
        catch
        {
            Forget(subscription);
            throw;
        }
    }

    private void Forget(ISubscription subscription)
    {
        lock (_gate) _subscriptions.Remove(subscription);
    }
}
