using System.Collections.Concurrent;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>One publisher's call: what it brings goes to the subscriptions, and what becomes of it gathers until it is sent.</summary>
/// <param name="service">The subscriptions.</param>
internal sealed class DeliverySession(DeliveryService service)
{
    /// <summary>How long a message waits that came for a subscription which is not there (any more), until the publisher knows better.</summary>
    public static readonly TimeSpan UnknownDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>A tag and a delay.</summary>
    private const int LongestSettlement = 10;

    /// <summary>How many bytes of settlements a publisher may leave unread: some millions of messages.</summary>
    private const int MostUnread = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly WakeSignal _wake = new();
    private readonly TopicNames _topics = new();
    private readonly ConcurrentDictionary<uint, DeliverySource> _sources = new();
    private byte[] _filling = new byte[1024];
    private byte[] _sending = new byte[1024];
    private int _filled;
    private volatile bool _isEnded;

    /// <summary>Whether nothing more is to be sent than what is there.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Completes when there is something to be sent, or it has ended.</summary>
    public ValueTask WaitAsync() => _wake.WaitAsync();

    /// <summary>It ends when what is there was sent.</summary>
    public void End()
    {
        _isEnded = true;
        _wake.Set();
    }

    /// <summary>Takes what is to be sent. The memory is used again after the next call.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        lock (_gate)
        {
            int length = _filled;
            if (length == 0) return default;
            (_filling, _sending) = (_sending, _filling);
            _filled = 0;
            return _sending.AsMemory(0, length);
        }
    }

    /// <summary>Tells the publisher what becomes of a message.</summary>
    public void Settle(uint tag, DeliveryVerdict verdict, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_filling.Length < _filled + LongestSettlement + 1) Array.Resize(ref _filling, _filling.Length * 2);
            if (_filled == 0) _filling[_filled++] = DeliveryFormat.Version;
            _filled += DeliveryFormat.WriteNumber(_filling.AsSpan(_filled), (tag << 2) | (uint)verdict);
            if (verdict != DeliveryVerdict.Done) _filled += DeliveryFormat.WriteNumber(_filling.AsSpan(_filled), (uint)delay.TotalMilliseconds);
        }

        _wake.Set();
    }

    /// <summary>A subscription has ended.</summary>
    public void Forget(uint subscription) => _sources.TryRemove(subscription, out _);

    /// <summary>Reads what the publisher brings, until it has no more.</summary>
    /// <exception cref="RpcException">It is malformed, or more than was asked for.</exception>
    public async Task ReadAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> batches, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false)) Accept(batch);
        }
        finally
        {
            End();
        }
    }

    private void Accept(ReadOnlyMemory<byte> batch)
    {
        DeliveryReader reader = new(batch.Span, "A batch");
        reader.ReadVersion();
        if (Volatile.Read(ref _filled) > MostUnread)
        {
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"The publisher has left more than {MostUnread:N0} bytes of settlements unread, and sends more messages.");
        }

        while (!reader.IsAtEnd)
        {
            uint subscription = reader.ReadNumber("a subscription");
            uint tag = reader.ReadNumber("a tag");
            if (tag > uint.MaxValue >> 2) throw reader.Wrong($"the tag {tag:N0}, and {uint.MaxValue >> 2:N0} is the greatest");
            uint deliveries = reader.ReadNumber("the number of deliveries");
            if (deliveries is 0 or > int.MaxValue) throw reader.Wrong($"{deliveries:N0} as the number of deliveries");
            int length = reader.ReadBytes("a message").Length;
            IncomingMessage message = DeliveryFormat.Read(batch.Slice(reader.Position - length, length), (int)deliveries, _topics);
            if (Find(subscription) is not { } source)
            {
                Settle(tag, DeliveryVerdict.Untouched, UnknownDelay);
                continue;
            }

            if (!source.TryBegin())
            {
                throw new RpcException(
                    RpcStatusCode.ResourceExhausted,
                    $"The subscription to '{source.Subscription.Topic}' takes {source.Subscription.Entry.Prefetch:N0} messages at a time from each "
                    + "publisher, and was sent more.");
            }

            source.Subscription.Accept(in message, new DeliveryReceipt(source, tag));
        }
    }

    private DeliverySource? Find(uint id)
    {
        if (_sources.TryGetValue(id, out DeliverySource? source)) return source;
        if (service.Find(id) is not { } subscription) return null;
        _sources[id] = source = new DeliverySource(this, subscription);
        if (service.Find(id) is null) Forget(id); // It ended in between, and is remembered by nobody.
        return source;
    }
}
