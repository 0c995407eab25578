using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SourceGen.Rpc.Brokers.RabbitMq.Connecting;
using SourceGen.Rpc.Brokers.RabbitMq.Mapping;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Subscribing;

/// <summary>Receives a subscription's messages on one channel, from its opening to its end.</summary>
internal sealed class SubscriptionConsumer : AsyncDefaultBasicConsumer
{
    private readonly MessagePump<DeliveryReceipt> _pump;
    private readonly Action<SubscriptionConsumer, string> _ended;
    private string? _tag;
    private int _isEnded;

    /// <summary>Creates it; it receives nothing yet.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="channel">Its channel, which nobody else has.</param>
    /// <param name="pump">Where messages go.</param>
    /// <param name="ended">Told when the server ends it.</param>
    public SubscriptionConsumer(RabbitMqLink link, IChannel channel, MessagePump<DeliveryReceipt> pump, Action<SubscriptionConsumer, string> ended)
        : base(channel)
    {
        Link = link;
        _pump = pump;
        _ended = ended;
        channel.ChannelShutdownAsync += (_, args) => EndAsync(RabbitMqLink.Describe(args));
    }

    /// <summary>The connection.</summary>
    public RabbitMqLink Link { get; }

    /// <summary>Whether deliveries can be settled.</summary>
    public bool IsOpen => Channel.IsOpen;

    /// <summary>Whether the server has ended it, or somebody here has.</summary>
    public bool HasEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>Begins to receive.</summary>
    /// <param name="queue">From where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task BeginAsync(string queue, CancellationToken cancellationToken) =>
        _tag = await Channel.BasicConsumeAsync(queue, autoAck: false, this, cancellationToken).ConfigureAwait(false);

    /// <summary>Receives no more. What was received can still be settled.</summary>
    public async Task CancelAsync()
    {
        Interlocked.Exchange(ref _isEnded, 1);
        if (_tag is { } tag && IsOpen) await Channel.BasicCancelAsync(tag).ConfigureAwait(false);
    }

    /// <summary>Closes the channel: what was not settled goes back to the queue.</summary>
    public async Task CloseAsync()
    {
        Interlocked.Exchange(ref _isEnded, 1);
        if (IsOpen) await Channel.CloseAsync().ConfigureAwait(false);
        await Channel.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        IncomingMessage message = AmqpMessage.Read(routingKey, redelivered, properties, body);
        // There is room as a rule, since the server sends no more than fits; after a loss, what came before it can still be there.
        if (await _pump.EnqueueAsync(in message, new DeliveryReceipt(this, deliveryTag), cancellationToken).ConfigureAwait(false)) return;
        await Channel.BasicNackAsync(deliveryTag, multiple: false, requeue: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Somebody removed the queue.</summary>
    public override async Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        await base.HandleBasicCancelAsync(consumerTag, cancellationToken).ConfigureAwait(false);
        await EndAsync("its queue was removed").ConfigureAwait(false);
    }

    private Task EndAsync(string problem)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0) _ended(this, problem);
        return Task.CompletedTask;
    }
}
