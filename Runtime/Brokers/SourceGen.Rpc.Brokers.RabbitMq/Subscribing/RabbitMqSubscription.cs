using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using SourceGen.Rpc.Brokers.RabbitMq.Connecting;
using SourceGen.Rpc.Brokers.RabbitMq.Mapping;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Subscribing;

/// <summary>A subscription: its queue, a pump, and on each connection a channel of its own that takes messages from one to the other.</summary>
internal sealed class RabbitMqSubscription : ISubscription, IMessageSettler<DeliveryReceipt>
{
    private const int MaxAttempts = 10;
    private const int NotFound = 404;

    /// <summary>The most that settling a message waits for a confirmation; the queue that it goes to is there for longer.</summary>
    private static readonly TimeSpan s_longestSettling = TimeSpan.FromMinutes(5);

    private readonly RabbitMqBroker _broker;
    private readonly SubscriptionOptions _options;
    private readonly MessagePump<DeliveryReceipt> _pump;
    private readonly SubscriptionQueue _queue;
    private readonly TimeSpan _settleWithin;
    private readonly SemaphoreSlim _attaching = new(1, 1);
    private readonly Lock _gate = new();
    private volatile SubscriptionConsumer? _consumer;
    private volatile bool _isEnded;
    private Task? _ending;

    public RabbitMqSubscription(RabbitMqBroker broker, TopicPattern pattern, MessageHandler handler, SubscriptionOptions options)
    {
        _broker = broker;
        _options = options;
        Topic = pattern.Text;
        _queue = new SubscriptionQueue(broker.Settings.Exchange, pattern, options);
        _settleWithin = broker.Settings.PublishTimeout < s_longestSettling ? broker.Settings.PublishTimeout : s_longestSettling;
        _pump = new MessagePump<DeliveryReceipt>(handler, options, broker.Capabilities, this);
    }

    /// <inheritdoc/>
    public string Topic { get; }

    /// <inheritdoc/>
    public SubscriptionOptions Options => _options.Copy();

    /// <inheritdoc/>
    public SubscriptionCounts Counts => _pump.Counts;

    /// <summary>The name of its queue.</summary>
    internal string QueueName => _queue.Name;

    /// <summary>Messages that were received and not begun with.</summary>
    internal int Waiting => _pump.Waiting;

    /// <summary>Begins to receive on a connection.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">It does not work; the message says why.</exception>
    public async Task AttachAsync(RabbitMqLink link, CancellationToken cancellationToken)
    {
        await _attaching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isEnded || (_consumer is { IsOpen: true } consumer && consumer.Link == link)) return;
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    SubscriptionConsumer made = await ConsumeAsync(link, cancellationToken).ConfigureAwait(false);
                    _consumer = made;
                    // It can have ended before anybody knew that it was the one.
                    if (made.HasEnded) OnEnded(made, "it ended at once");
                    return;
                }
                catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == NotFound && attempt < MaxAttempts && link.IsOpen)
                {
                    // Between declaring and consuming, the last other member of the group has gone, and the queue with it.
                }
            }
        }
        // A connection that is lost meanwhile shows in many ways.
        catch (Exception e) when (e is not RpcException && !cancellationToken.IsCancellationRequested)
        {
            throw Translate(e, link);
        }
        finally
        {
            _attaching.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        Task ending;
        lock (_gate)
        {
            _isEnded = true;
            ending = _ending ??= Task.Run(EndAsync, CancellationToken.None);
        }

        await ending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ending.IsCompleted) return;
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
        // Nobody waits for the handlers any more, so others get their messages now, and not when they end.
        if (_consumer is { } consumer) await TryAsync(consumer.CloseAsync).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnsubscribeAsync();

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What cannot be settled is delivered again, and logged.")]
    async ValueTask IMessageSettler<DeliveryReceipt>.SettleAsync(IncomingMessage message, DeliveryReceipt receipt, MessageOutcome outcome)
    {
        // The server has given it to somebody already.
        if (!receipt.Consumer.IsOpen) return;
        try
        {
            // First what becomes of it, then the acknowledgement: a process that ends in between leaves two of it, and not none.
            if (outcome.Settlement == MessageSettlement.Redeliver) await RetryAsync(message, receipt, outcome.Delay ?? TimeSpan.Zero).ConfigureAwait(false);
            else if (outcome.Settlement == MessageSettlement.DeadLetter) await PublishDeadLetterAsync(message, receipt, outcome.Reason).ConfigureAwait(false);
            await receipt.Consumer.Channel.BasicAckAsync(receipt.Tag, multiple: false).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RabbitMqLog.NotSettled(_broker.Logger, message.Topic, e.Message);
            await RequeueAsync(receipt).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    ValueTask IMessageSettler<DeliveryReceipt>.AbandonAsync(IncomingMessage message, DeliveryReceipt receipt) => RequeueAsync(receipt);

    private async Task<SubscriptionConsumer> ConsumeAsync(RabbitMqLink link, CancellationToken cancellationToken)
    {
        IChannel channel = await link.OpenChannelAsync(cancellationToken).ConfigureAwait(false);
        SubscriptionConsumer consumer = new(link, channel, _pump, OnEnded);
        try
        {
            await _queue.DeclareAsync(channel, cancellationToken).ConfigureAwait(false);
            await channel.BasicQosAsync(0, (ushort)_options.EffectivePrefetch, global: false, cancellationToken).ConfigureAwait(false);
            await consumer.BeginAsync(_queue.Name, cancellationToken).ConfigureAwait(false);
            return consumer;
        }
        catch
        {
            await TryAsync(consumer.CloseAsync).ConfigureAwait(false);
            throw;
        }
    }

    private async Task RetryAsync(IncomingMessage message, DeliveryReceipt receipt, TimeSpan delay)
    {
        delay = RetryDelays.RoundUp(delay);
        string queue = await _queue.GetRetryQueueAsync(receipt.Consumer.Link, delay).ConfigureAwait(false);
        try
        {
            // Through the default exchange, to one queue and no other subscription's; mandatory, so that it fails when somebody removed that.
            await PublishAsync(receipt, "", queue, isMandatory: true, AmqpMessage.CreateRetryProperties(in message), message.Payload).ConfigureAwait(false);
        }
        catch
        {
            _queue.ForgetRetryQueue(delay);
            throw;
        }
    }

    private async Task PublishDeadLetterAsync(IncomingMessage message, DeliveryReceipt receipt, string? reason)
    {
        if (_options.DeadLetterTopic is not { } topic) return;
        OutgoingMessage dead = DeadLetters.Create(in message, topic, reason);
        await PublishAsync(
            receipt, _broker.Settings.Exchange, topic, isMandatory: false, AmqpMessage.CreateProperties(in dead), dead.Payload).ConfigureAwait(false);
    }

    /// <summary>Publishes on the connection that the delivery came by, and on no later one: when that is lost, the server delivers it again itself.</summary>
    private async Task PublishAsync(
        DeliveryReceipt receipt, string exchange, string routingKey, bool isMandatory, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        Deadline deadline = Deadline.After(_settleWithin);
        RabbitMqPublisher publisher = receipt.Consumer.Link.Publisher;
        Task? confirmation = await publisher.WriteAsync(exchange, routingKey, isMandatory, properties, body, deadline, CancellationToken.None)
            .ConfigureAwait(false);
        if (confirmation is null) throw BrokerErrors.Lost(_broker.Address, "before a message was settled", RpcCallProgress.NotSent);
        await publisher.WaitAsync(confirmation, deadline, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask RequeueAsync(DeliveryReceipt receipt)
    {
        if (!receipt.Consumer.IsOpen) return;
        await TryAsync(() => receipt.Consumer.Channel.BasicNackAsync(receipt.Tag, multiple: false, requeue: true).AsTask()).ConfigureAwait(false);
    }

    /// <summary>The server ended the subscription alone, or the connection was lost, which is the broker's business.</summary>
    private void OnEnded(SubscriptionConsumer consumer, string problem)
    {
        if (consumer != _consumer || _isEnded) return;
        // Not here, where the client waits: what follows asks it for channels.
        _ = Task.Run(() => AttachAgainAsync(consumer, problem), CancellationToken.None);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever it is, the connection is made again, and that is logged.")]
    private async Task AttachAgainAsync(SubscriptionConsumer consumer, string problem)
    {
        await TryAsync(consumer.CloseAsync).ConfigureAwait(false);
        if (!consumer.Link.IsOpen) return;
        RabbitMqLog.SubscriptionEnded(_broker.Logger, Topic, problem);
        try
        {
            await AttachAsync(consumer.Link, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // With the backoff that this has.
            await consumer.Link.AbandonAsync($"the subscription to '{Topic}' could not be made again: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task EndAsync()
    {
        // One that is just being made on a new connection is waited for, and then ended.
        await _attaching.WaitAsync().ConfigureAwait(false);
        SubscriptionConsumer? consumer = _consumer;
        _attaching.Release();
        if (consumer is not null) await TryAsync(consumer.CancelAsync).ConfigureAwait(false);
        await _pump.StopAsync().ConfigureAwait(false);
        if (consumer is not null)
        {
            await TryAsync(consumer.CloseAsync).ConfigureAwait(false);
            if (consumer.Link.IsOpen) await TryRemoveQueueAsync(consumer.Link).ConfigureAwait(false);
        }

        _broker.Remove(this);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A queue that is left expires by itself.")]
    private async Task TryRemoveQueueAsync(RabbitMqLink link)
    {
        try
        {
            await _queue.RemoveAsync(link, isShared: _options.QueueGroup is not null).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Another member of the group is still there, or the connection was lost.
            RabbitMqLog.QueueLeft(_broker.Logger, _queue.Name, e.Message);
        }
    }

    /// <summary>Does what a connection that is just being lost may fail: its messages are then somebody else's anyway.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What it would have ended is over.")]
    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RabbitMqLog.EndFailed(_broker.Logger, Topic, e.Message);
        }
    }

    private RpcException Translate(Exception error, RabbitMqLink link)
    {
        ShutdownReasonOf(error, out ushort code, out string text);
        RpcStatusCode status = code switch
        {
            403 => RpcStatusCode.PermissionDenied,
            405 or 406 => RpcStatusCode.FailedPrecondition,
            _ => RpcStatusCode.Unavailable,
        };
        if (status == RpcStatusCode.Unavailable)
            return BrokerErrors.Lost(_broker.Address, link.Lost.IsCompletedSuccessfully ? link.Lost.Result : text, RpcCallProgress.NotSent, error);
        string hint = code == 406
            ? $" Members of a group are all {nameof(SubscriptionOptions.IsDurable)}, or none is; remove the queue if that has changed."
            : "";
        return new RpcException(
            status, $"The broker {_broker.Address} refuses the subscription to '{Topic}', whose queue is {_queue.Name}: {text}.{hint}", error)
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    private static void ShutdownReasonOf(Exception error, out ushort code, out string text)
    {
        bool isAnswer = error is OperationInterruptedException { ShutdownReason.Initiator: ShutdownInitiator.Peer };
        code = isAnswer ? ((OperationInterruptedException)error).ShutdownReason!.ReplyCode : (ushort)0;
        text = isAnswer ? ((OperationInterruptedException)error).ShutdownReason!.ReplyText : error.Message;
    }
}
