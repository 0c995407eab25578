namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Takes what a broker receives for a subscription to its handler: so many at a time as the options say, in order for each key if they say so,
/// with a bound on what waits. For those who write brokers. Thread safe.
/// </summary>
/// <remarks>
/// It keeps messages in memory of its own, which is used again: enqueueing, and a handler that completes at once, allocate nothing. With
/// <see cref="SubscriptionOptions.OrderByKey"/> a message that is to be delivered again is handled again on the spot, after its delay, since the
/// engine would deliver it behind others of its key.
/// </remarks>
/// <typeparam name="TReceipt">What the broker knows a delivery by.</typeparam>
public sealed class MessagePump<TReceipt>
{
    /// <summary>How many messages a worker takes at a time that shares its lane with no other.</summary>
    private const int Batch = 32;

    private readonly MessageLane<TReceipt>[] _lanes;
    private readonly MessageWorker<TReceipt>[] _workers;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task? _stopped;
    private volatile bool _isStopping;
    private int _nextLane;
    private long _dropped;

    /// <summary>Creates a pump, ready for messages.</summary>
    /// <param name="handler">Handles each message.</param>
    /// <param name="options">How; they are not changed any more.</param>
    /// <param name="capabilities">What the engine can do.</param>
    /// <param name="settler">Who learns what became of messages.</param>
    /// <param name="time">What delays are measured by; null for the system's.</param>
    public MessagePump(
        MessageHandler handler, SubscriptionOptions options, BrokerCapabilities capabilities, IMessageSettler<TReceipt> settler, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(settler);
        Handler = handler;
        Options = options;
        Settler = settler;
        Time = time ?? TimeProvider.System;
        MaxDeliveries = options.GetMaxDeliveries(capabilities);

        // Ordered, each worker has a lane of its own, and a key belongs to one of them.
        bool areAlone = options.OrderByKey || options.Concurrency == 1;
        _lanes = new MessageLane<TReceipt>[areAlone ? options.Concurrency : 1];
        for (int i = 0; i < _lanes.Length; i++) _lanes[i] = new MessageLane<TReceipt>(options.EffectivePrefetch);
        _workers = new MessageWorker<TReceipt>[options.Concurrency];
        for (int i = 0; i < _workers.Length; i++) _workers[i] = new MessageWorker<TReceipt>(this, _lanes[i % _lanes.Length], areAlone ? Batch : 1);
    }

    /// <summary>What was delivered so far.</summary>
    public SubscriptionCounts Counts
    {
        get
        {
            SubscriptionCounts sum = new(0, 0, 0, 0, Volatile.Read(ref _dropped));
            foreach (MessageWorker<TReceipt> worker in _workers) sum = worker.AddTo(sum);
            return sum;
        }
    }

    /// <summary>How many messages were received and not begun with.</summary>
    public int Waiting => _lanes.Sum(static lane => lane.Count);

    internal MessageHandler Handler { get; }

    internal SubscriptionOptions Options { get; }

    internal IMessageSettler<TReceipt> Settler { get; }

    internal TimeProvider Time { get; }

    internal int MaxDeliveries { get; }

    internal bool IsStopping => _isStopping;

    /// <summary>Cancelled when the pump is stopped.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Cancelled when handlers in progress are not waited for any longer.</summary>
    internal CancellationToken Ending => _ending.Token;

    /// <summary>Enqueues a message if there is room for it.</summary>
    /// <param name="message">The message; its payload is copied, its headers are kept.</param>
    /// <param name="receipt">What the broker knows it by.</param>
    /// <returns>False when there is no room, or the pump is stopped.</returns>
    public bool TryEnqueue(in IncomingMessage message, TReceipt receipt) => LaneOf(message.Key).TryEnqueue(in message, receipt);

    /// <summary>Enqueues a message, waiting for room.</summary>
    /// <param name="message">The message; its payload must stay as it is until the task has completed.</param>
    /// <param name="receipt">What the broker knows it by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the pump is stopped, and the message is somebody else's.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> EnqueueAsync(in IncomingMessage message, TReceipt receipt, CancellationToken cancellationToken = default)
    {
        MessageLane<TReceipt> lane = LaneOf(message.Key);
        return lane.TryEnqueue(in message, receipt) ? new ValueTask<bool>(true) : WaitAsync(lane, message, receipt, cancellationToken);
    }

    /// <summary>Takes out the message that waits for longest, which is counted as dropped, to make room for another.</summary>
    /// <param name="key">The key of the other one: it goes where messages of one key go.</param>
    /// <returns>False when none waits there.</returns>
    public bool TryDropOldest(ulong? key)
    {
        if (!LaneOf(key).TryDropFirst()) return false;
        CountDropped();
        return true;
    }

    /// <summary>Counts messages that were received, and that nobody will handle.</summary>
    /// <param name="count">How many.</param>
    public void CountDropped(int count = 1) => Interlocked.Add(ref _dropped, count);

    /// <summary>
    /// Begins no more handlers, waits for those in progress, and gives back what waits. Doing it twice waits for the same. A handler that stops its own
    /// subscription would wait for itself.
    /// </summary>
    /// <param name="cancellationToken">Waits no longer: the tokens of the handlers in progress are cancelled.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task stopped;
        lock (_gate)
        {
            _isStopping = true;
            stopped = _stopped ??= Task.Run(FinishAsync, CancellationToken.None);
        }

        await ((Task)stopped.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stopped.IsCompleted) await _ending.CancelAsync().ConfigureAwait(false);
        else await stopped.ConfigureAwait(false);
    }

    private static async ValueTask<bool> WaitAsync(
        MessageLane<TReceipt> lane, IncomingMessage message, TReceipt receipt, CancellationToken cancellationToken)
    {
        while (await lane.WhenRoomAsync(cancellationToken).ConfigureAwait(false))
        {
            if (lane.TryEnqueue(in message, receipt)) return true;
        }

        return false;
    }

    private MessageLane<TReceipt> LaneOf(ulong? key)
    {
        if (_lanes.Length == 1) return _lanes[0];
        return _lanes[key is { } known ? KeySpread.Place(known, _lanes.Length) : (int)((uint)Interlocked.Increment(ref _nextLane) % (uint)_lanes.Length)];
    }

    private async Task FinishAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (MessageLane<TReceipt> lane in _lanes)
        {
            foreach (MessageWorker<TReceipt> idle in lane.Close()) idle.End();
        }

        // Those that are busy give back what waits in their lane.
        await Task.WhenAll(_workers.Select(static worker => worker.Done)).ConfigureAwait(false);
    }
}
