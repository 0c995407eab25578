using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.RabbitMq.Connecting;
using SourceGen.Rpc.Brokers.RabbitMq.Mapping;
using SourceGen.Rpc.Brokers.RabbitMq.Subscribing;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq;

/// <summary>
/// A broker on RabbitMQ (3.10 and later), over AMQP 0-9-1. Topics are routing keys of one topic exchange; docs/brokers/rabbitmq.md says what
/// is called how, and what is kept when something fails. Thread safe.
/// </summary>
public sealed class RabbitMqBroker : IBroker
{
    internal const string Scheme = "amqp";
    internal const string TlsScheme = "amqps";

    private const BrokerCapabilities AllCapabilities =
        BrokerCapabilities.QueueGroups | BrokerCapabilities.Patterns | BrokerCapabilities.Redelivery | BrokerCapabilities.DeadLetters
        | BrokerCapabilities.PublisherConfirms | BrokerCapabilities.Durable | BrokerCapabilities.SurvivesSubscriber | BrokerCapabilities.Persistent;

    private static readonly TimeSpan s_firstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(2);

    private readonly RabbitMqBrokerOptions _options;
    private readonly RabbitMqConnector _connector;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<RabbitMqSubscription> _subscriptions = [];
    private CancellationTokenSource _session = new();
    private TaskCompletionSource<RabbitMqLink> _ready = CreateReady();
    private RabbitMqLink? _link;
    private Task _reconnecting = Task.CompletedTask;
    private BrokerState _state = new(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);
    private bool _isDisposed;

    /// <summary>Creates a broker. Nothing is connected to yet.</summary>
    /// <param name="options">The options, of which a copy is made; null for the defaults.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public RabbitMqBroker(RabbitMqBrokerOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        _options = options?.Copy() ?? new RabbitMqBrokerOptions();
        _options.Validate();
        Address = _options.Address;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<RabbitMqBroker>();
        _connector = new RabbitMqConnector(_options, _logger);
    }

    /// <inheritdoc/>
    public BrokerOptions Options => _options;

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities => AllCapabilities;

    /// <inheritdoc/>
    public BrokerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    internal ILogger Logger => _logger;

    internal RabbitMqBrokerOptions Settings => _options;

    /// <inheritdoc/>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (State.Status != BrokerStatus.Disconnected)
            {
                await GetLinkAsync(Deadline.After(_options.ConnectTimeout), cancellationToken).ConfigureAwait(false);
                return;
            }

            RabbitMqLink link = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _session.Dispose();
                _session = new CancellationTokenSource();
                Use(link);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisconnectAsync(CancellationToken cancellationToken = default)
    {
        // Not with the token, which says how long to wait for handlers, and not whether to disconnect.
        await _changing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            RabbitMqSubscription[] subscriptions;
            lock (_gate)
            {
                if (_state.Status == BrokerStatus.Disconnected) return;
                subscriptions = [.. _subscriptions];
            }

            await Task.WhenAll(subscriptions.Select(one => one.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
            RabbitMqLink? link;
            Task reconnecting;
            lock (_gate)
            {
                link = _link;
                _link = null;
                reconnecting = _reconnecting;
                SetState(BrokerStatus.Disconnected);
                _session.Cancel();
                _ready.TrySetException(BrokerErrors.NotConnected(Address));
                _ = _ready.Task.Exception;
            }

            await reconnecting.ConfigureAwait(false);
            if (link is null) return;
            await link.Publisher.DrainAsync(cancellationToken).ConfigureAwait(false);
            await link.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        AmqpMessage.Check(in message, Address, _options.MaxMessageBytes);
        return PublishCheckedAsync(message, cancellationToken);
    }

    /// <summary>
    /// Publishes messages in their order, as they are written one behind the other, and waits for all confirmations together. While the connection
    /// is being made again, those that were not written yet wait for it.
    /// </summary>
    /// <param name="messages">The messages. Their payloads are the caller's again when the task has completed.</param>
    /// <param name="cancellationToken">Gives up; some may have been published.</param>
    /// <exception cref="RpcException">As for one message. The first one that failed is reported; any other may have been published.</exception>
    public async ValueTask PublishAsync(ReadOnlyMemory<OutgoingMessage> messages, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < messages.Length; i++) AmqpMessage.Check(in messages.Span[i], Address, _options.MaxMessageBytes);
        List<(RabbitMqPublisher Publisher, Task Confirmation, Deadline Deadline)> written = new(messages.Length);
        for (int i = 0; i < messages.Length; i++)
        {
            Deadline deadline = Deadline.After(_options.PublishTimeout);
            (RabbitMqPublisher publisher, Task confirmation) = await WriteAsync(messages.Span[i], deadline, cancellationToken).ConfigureAwait(false);
            // Nothing more is written behind one that failed already.
            if (confirmation.IsFaulted) await confirmation.ConfigureAwait(false);
            written.Add((publisher, confirmation, deadline));
        }

        foreach ((RabbitMqPublisher publisher, Task confirmation, Deadline deadline) in written)
        {
            if (!confirmation.IsCompletedSuccessfully) await publisher.WaitAsync(confirmation, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        TopicPattern pattern = TopicPattern.Parse(topic);
        options = options?.Copy() ?? new SubscriptionOptions();
        options.Validate(pattern, Capabilities, Address);
        if (options.AckTimeout is not null)
        {
            throw new NotSupportedException(
                $"The subscription to '{pattern}' asks for {nameof(options.AckTimeout)} {options.AckTimeout}, and RabbitMQ has one such time for a whole server, "
                + "consumer_timeout. Leave it out: messages of a process that ends are delivered again as soon as its connection is gone.");
        }

        if (options.EffectivePrefetch > ushort.MaxValue)
        {
            throw new NotSupportedException(
                $"The subscription to '{pattern}' asks for {nameof(options.Prefetch)} {options.Prefetch:N0}, and AMQP takes {ushort.MaxValue:N0} at most.");
        }

        RabbitMqLink link = await GetLinkAsync(Deadline.After(_options.ConnectTimeout), cancellationToken).ConfigureAwait(false);
        RabbitMqSubscription subscription = new(this, pattern, handler, options);
        // Before it is in effect: if the connection is lost meanwhile, it comes back with the others.
        lock (_gate) _subscriptions.Add(subscription);
        try
        {
            await subscription.AttachAsync(link, cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.UnsubscribeAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Disconnects; it cannot be connected again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        await DisconnectAsync().ConfigureAwait(false);
        _isDisposed = true;
    }

    internal void Remove(RabbitMqSubscription subscription)
    {
        lock (_gate) _subscriptions.Remove(subscription);
    }

    private static TaskCompletionSource<RabbitMqLink> CreateReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask PublishCheckedAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        Deadline deadline = Deadline.After(_options.PublishTimeout);
        (RabbitMqPublisher publisher, Task confirmation) = await WriteAsync(message, deadline, cancellationToken).ConfigureAwait(false);
        await publisher.WaitAsync(confirmation, deadline, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(RabbitMqPublisher Publisher, Task Confirmation)> WriteAsync(
        OutgoingMessage message, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            RabbitMqLink link = await GetLinkAsync(deadline, cancellationToken).ConfigureAwait(false);
            Task? confirmation = await link.Publisher.WriteAsync(
                _options.Exchange, message.Topic, isMandatory: false, AmqpMessage.CreateProperties(in message), message.Payload, deadline, cancellationToken)
                .ConfigureAwait(false);
            if (confirmation is not null) return (link.Publisher, confirmation);
            // It was lost before anything was written, so the message waits for the next one.
            await link.AbandonAsync("publishing on it failed").ConfigureAwait(false);
            OnLost(link, await link.Lost.ConfigureAwait(false));
        }
    }

    /// <summary>The connection, waiting for it while it is being made again.</summary>
    private async ValueTask<RabbitMqLink> GetLinkAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        Task<RabbitMqLink> ready;
        lock (_gate)
        {
            if (_link is { } link) return link;
            if (_state.Status == BrokerStatus.Disconnected) throw BrokerErrors.NotConnected(Address);
            ready = _ready.Task;
        }

        try
        {
            return await ready.WaitAsync(deadline.Left, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw BrokerErrors.Lost(Address, State.Problem ?? "it did not come back in time", RpcCallProgress.NotSent, e);
        }
    }

    /// <summary>Goes over to a connection. The lock is held.</summary>
    private void Use(RabbitMqLink link)
    {
        _link = link;
        SetState(BrokerStatus.Connected);
        _ready.TrySetResult(link);
        _ = WatchAsync(link);
    }

    private void SetState(BrokerStatus status, string? problem = null) => _state = new BrokerState(status, DateTimeOffset.UtcNow, problem);

    private async Task WatchAsync(RabbitMqLink link)
    {
        string problem = await link.Lost.ConfigureAwait(false);
        OnLost(link, problem);
    }

    private void OnLost(RabbitMqLink link, string problem)
    {
        lock (_gate)
        {
            if (_link != link) return;
            _link = null;
            _ready = CreateReady();
            SetState(BrokerStatus.Reconnecting, problem);
            CancellationToken ended = _session.Token;
            _reconnecting = Task.Run(() => ReconnectAsync(link, ended), CancellationToken.None);
        }

        RabbitMqLog.Lost(_logger, Address, problem);
    }

    private async Task ReconnectAsync(RabbitMqLink lost, CancellationToken ended)
    {
        // Beside it: a server that is gone does not answer that it is.
        Task abandoning = lost.AbandonAsync("it was lost");
        await ReconnectAsync(ended).ConfigureAwait(false);
        await abandoning.ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever it is, connecting is tried again, and it is logged.")]
    private async Task ReconnectAsync(CancellationToken ended)
    {
        TimeSpan backoff = s_firstBackoff;
        for (int attempt = 1; !ended.IsCancellationRequested; attempt++)
        {
            RabbitMqLink? link = null;
            try
            {
                link = await _connector.ConnectAsync(ended).ConfigureAwait(false);
                if (await TryUseAsync(link, ended).ConfigureAwait(false)) return;
            }
            catch (Exception) when (ended.IsCancellationRequested)
            {
                // Nobody wants it any more.
            }
            catch (Exception e)
            {
                RabbitMqLog.AttemptFailed(_logger, Address, attempt, e.Message);
                lock (_gate)
                {
                    if (_state.Status == BrokerStatus.Reconnecting) _state = _state with { Problem = e.Message };
                }
            }

            if (link is not null) await link.AbandonAsync("it was given up").ConfigureAwait(false);
            // So that those who lost the same server do not all come back at the same moment.
            TimeSpan wait = backoff * (0.5 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(wait, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
        }
    }

    /// <summary>Brings the subscriptions back on a new connection, and goes over to it.</summary>
    /// <returns>False when nobody wants it any more.</returns>
    private async Task<bool> TryUseAsync(RabbitMqLink link, CancellationToken ended)
    {
        HashSet<RabbitMqSubscription> attached = [];
        while (true)
        {
            RabbitMqSubscription[] missing;
            lock (_gate)
            {
                if (ended.IsCancellationRequested) return false;
                missing = [.. _subscriptions.Where(one => !attached.Contains(one))];
                if (missing.Length == 0)
                {
                    Use(link);
                    break;
                }
            }

            foreach (RabbitMqSubscription subscription in missing)
            {
                await subscription.AttachAsync(link, ended).ConfigureAwait(false);
                attached.Add(subscription);
            }
        }

        RabbitMqLog.Reconnected(_logger, Address, attached.Count);
        return true;
    }
}
