namespace SourceGen.Rpc.PubSub;

/// <summary>
/// A bounded queue of messages with the workers that handle them. Its ring grows to the bound as it is needed. A worker that finds nothing
/// ends, and is started again by the next message, so that waiting costs neither a thread nor an allocation.
/// </summary>
internal sealed class MessageLane<TReceipt>(int capacity)
{
    private const int Smallest = 16;

    private readonly Lock _gate = new();
    private readonly Stack<MessageWorker<TReceipt>> _idle = new();
    private MessageSlot<TReceipt>[] _ring = [];
    private int _head;
    private int _count;
    private bool _isClosed;
    private TaskCompletionSource? _room;

    /// <summary>How many messages wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Adds a worker, which has nothing to do yet.</summary>
    public void Add(MessageWorker<TReceipt> worker)
    {
        lock (_gate) _idle.Push(worker);
    }

    /// <summary>Puts a message at the end.</summary>
    /// <returns>False when there is no room, or it is closed.</returns>
    public bool TryEnqueue(in IncomingMessage message, TReceipt receipt)
    {
        MessageWorker<TReceipt>? worker;
        lock (_gate)
        {
            if (_isClosed || _count == capacity) return false;
            if (_count == _ring.Length) Grow();
            _ring[(_head + _count) & (_ring.Length - 1)].Fill(in message, receipt);
            _count++;
            _idle.TryPop(out worker);
        }

        if (worker is not null) ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);
        return true;
    }

    /// <summary>Completes when there is room again, or it is closed. It is half empty then, so that few have to wait often.</summary>
    /// <returns>False when it is closed.</returns>
    public async ValueTask<bool> WhenRoomAsync(CancellationToken cancellationToken)
    {
        Task room;
        lock (_gate)
        {
            if (_isClosed) return false;
            if (_count < capacity) return true;
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes messages from the beginning.</summary>
    /// <param name="batch">Where they are put.</param>
    /// <param name="worker">Who takes them; when there are none it is idle, and is started again by the next one.</param>
    /// <returns>How many; 0 for none so far, and -1 for none any more: it is closed.</returns>
    public int Take(Span<MessageSlot<TReceipt>> batch, MessageWorker<TReceipt> worker)
    {
        TaskCompletionSource? room = null;
        int taken = 0;
        lock (_gate)
        {
            for (; taken < batch.Length && _count > 0; taken++) TakeFirst(ref batch[taken]);
            if (taken == 0 && _isClosed) return -1;
            if (taken == 0) _idle.Push(worker);
            if (_count <= capacity / 2) (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return taken;
    }

    /// <summary>Removes the first message without its being handled. Its memory stays for the next one.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryDropFirst()
    {
        lock (_gate)
        {
            if (_count == 0) return false;
            _ring[_head].Clear();
            RemoveFirst();
            return true;
        }
    }

    /// <summary>Takes no more messages. Those that wait stay until they are taken.</summary>
    /// <returns>The workers that have nothing to do, and will not be started any more.</returns>
    public MessageWorker<TReceipt>[] Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _room?.TrySetResult();
            _room = null;
            MessageWorker<TReceipt>[] idle = [.. _idle];
            _idle.Clear();
            return idle;
        }
    }

    private void TakeFirst(ref MessageSlot<TReceipt> slot)
    {
        slot.TakeFrom(ref _ring[_head]);
        RemoveFirst();
    }

    private void RemoveFirst()
    {
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
    }

    private void Grow()
    {
        MessageSlot<TReceipt>[] larger = new MessageSlot<TReceipt>[Math.Max(Smallest, _ring.Length * 2)];
        for (int i = 0; i < _count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
