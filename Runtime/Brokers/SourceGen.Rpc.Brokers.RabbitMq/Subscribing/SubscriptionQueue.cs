using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitMQ.Client;
using SourceGen.Rpc.Brokers.RabbitMq.Connecting;
using SourceGen.Rpc.Brokers.RabbitMq.Mapping;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Subscribing;

/// <summary>
/// The queue of a subscription, and those in which its messages wait to be delivered again. All are durable, so that what was confirmed outlives
/// the server; those that nobody shall find later expire.
/// </summary>
/// <remarks>
/// None is exclusive: a queue that ends with its connection would lose what is published while that is being made again. The times are the same in
/// every process, because RabbitMQ refuses a queue that is declared with different ones.
/// </remarks>
internal sealed class SubscriptionQueue
{
    /// <summary>How long a queue without subscribers is kept, in milliseconds.</summary>
    public const int ExpiresAfter = 60_000;

    /// <summary>How much longer than its messages wait a queue for retries is kept, in milliseconds, from when it was last declared.</summary>
    private const int RetriesExpireAfter = 3_600_000;

    /// <summary>Publishing into it does not count as a use, so it is declared again in good time.</summary>
    private static readonly TimeSpan s_declareAgainAfter = TimeSpan.FromMinutes(10);

    private readonly string _exchange;
    private readonly string _binding;
    private readonly bool _isKept;
    private readonly ConcurrentDictionary<TimeSpan, (RabbitMqLink Link, long At)> _retries = new();

    public SubscriptionQueue(string exchange, TopicPattern pattern, SubscriptionOptions options)
    {
        _exchange = exchange;
        _binding = QueueNames.BindingOf(pattern);
        _isKept = options.IsDurable;
        Name = QueueNames.ForSubscription(exchange, options.QueueGroup, pattern.Text);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Makes sure that it is there, and gets what it shall.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        Dictionary<string, object?> arguments = [];
        if (!_isKept) arguments.Add("x-expires", ExpiresAfter);
        await channel.QueueDeclareAsync(Name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        await channel.QueueBindAsync(Name, _exchange, _binding, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The queue to which a message is published that shall be delivered again.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="delay">After which time: one of <see cref="RetryDelays"/>.</param>
    public async ValueTask<string> GetRetryQueueAsync(RabbitMqLink link, TimeSpan delay)
    {
        if (delay == TimeSpan.Zero) return Name;
        string name = QueueNames.ForRetries(Name, delay);
        if (_retries.TryGetValue(delay, out (RabbitMqLink Link, long At) last) && last.Link == link && Stopwatch.GetElapsedTime(last.At) < s_declareAgainAfter)
            return name;

        int milliseconds = (int)delay.TotalMilliseconds;
        Dictionary<string, object?> arguments = new()
        {
            ["x-message-ttl"] = milliseconds,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = Name,
        };
        if (!_isKept) arguments.Add("x-expires", milliseconds + RetriesExpireAfter);
        long now = Stopwatch.GetTimestamp();
        // On a channel of its own: an error ends the channel.
        await using IChannel channel = await link.OpenChannelAsync(CancellationToken.None).ConfigureAwait(false);
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments).ConfigureAwait(false);
        _retries[delay] = (link, now);
        return name;
    }

    /// <summary>The next message declares again: somebody has removed the queue.</summary>
    /// <param name="delay">Whose.</param>
    public void ForgetRetryQueue(TimeSpan delay) => _retries.TryRemove(delay, out _);

    /// <summary>Removes it when nobody subscribes any more, unless messages are to be kept.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="isShared">Whether others may have subscribed to it.</param>
    public async Task RemoveAsync(RabbitMqLink link, bool isShared)
    {
        if (_isKept) return;
        await using IChannel channel = await link.OpenChannelAsync(CancellationToken.None).ConfigureAwait(false);
        if (!isShared)
        {
            foreach (TimeSpan delay in _retries.Keys) await channel.QueueDeleteAsync(QueueNames.ForRetries(Name, delay)).ConfigureAwait(false);
        }

        await channel.QueueDeleteAsync(Name, ifUnused: isShared, ifEmpty: false).ConfigureAwait(false);
    }
}
