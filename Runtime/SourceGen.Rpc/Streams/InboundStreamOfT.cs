using System.Buffers;
using System.Threading.Tasks.Sources;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>
/// Items in chunks: one is the consumer's, through which it goes without any synchronization, the others wait in a queue under a lock
/// that is taken once for each frame.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
internal abstract class InboundStream<T> : InboundStream, IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    /// <summary>Chunks that are kept for the frames to come: about as many as a window holds.</summary>
    private const int MostSpares = 8;

    private readonly Lock _gate = new();
    private readonly Queue<ItemChunk<T>> _queue = new();
    private readonly StreamAccount _account = new();
    private ItemFormat<T>? _format;
    private StreamLedger? _ledger;
    private ManualResetValueTaskSourceCore<bool> _core;
    private WakeItem? _waker;

    // The consumer's.
    private T[] _items = [];
    private int _index = -1;
    private int _count;
    private ItemChunk<T>? _current;

    // The receiver's.
    private ItemChunk<T>? _filling;
    private ItemChunk<T>? _tail;

    // Everybody's, under the lock.
    private readonly Stack<ItemChunk<T>> _spares = new();
    private long _consumed;
    private bool _waiting;
    private bool _ended;
    private bool _complete;
    private volatile bool _dropping;
    private Exception? _error;

    protected InboundStream(RpcConnection? connection)
        : base(connection)
    {
    }

    public T Current => _items[_index];

    public override BatchItem Waker => _waker ??= new WakeItem(this);

    /// <summary>What the stream counts on its connection's window; for who wants to know that nothing is left.</summary>
    public StreamAccount Account => _account;

    /// <summary>Whether no item comes any more.</summary>
    protected bool HasEnded
    {
        get
        {
            lock (_gate) return _ended;
        }
    }

    public ValueTask<bool> MoveNextAsync()
    {
        int next = _index + 1;
        if (next < _count)
        {
            _index = next;
            return new ValueTask<bool>(true);
        }

        return MoveToNextChunk();
    }

    public abstract ValueTask DisposeAsync();

    public override Exception? Accept(in ReadOnlySequence<byte> payload, bool isAssembled, out bool wake)
    {
        wake = false;
        if (_dropping) return null;
        ItemChunk<T> chunk = _filling ?? TakeSpare();
        _filling = chunk;
        StreamLedger ledger = _ledger!;
        if (!isAssembled && ledger.Allowance(_account) <= 0)
            throw new ProtocolException("the peer sent stream items without credit for them");
        Exception? error = _format!.Read(payload, chunk, isAssembled ? long.MaxValue : ledger.LargestItem(_account));
        if (chunk.Count == 0) return error;
        if (ledger.Charge(_account, chunk.Cost) is { } debtors)
        {
            foreach (InboundStream debtor in debtors) debtor.GiveBack();
        }

        lock (_gate)
        {
            if (_dropping || _ended)
            {
                chunk.Clear();
                return null;
            }

            // Small frames share a chunk, so that a peer that sends each item in a frame of its own takes no more memory than others.
            if (_queue.Count == 0 || !_tail!.TryAppend(chunk))
            {
                _queue.Enqueue(chunk);
                _tail = chunk;
                _filling = null;
            }

            wake = _waiting;
            _waiting = false;
        }

        return error;
    }

    public override bool AcceptsLarge(long cost) => _dropping || cost <= _ledger!.LargestItem(_account);

    public override void GiveBack()
    {
        long credit;
        lock (_gate) credit = _waiting ? TakeConsumed() : 0; // Who does not wait gives back with its next step.
        if (credit > 0) GiveCredit(credit);
    }

    public override bool End(Exception? error)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _ended = true;
            _complete = error is null;
            _error = error;
            bool wake = _waiting;
            _waiting = false;
            return wake;
        }
    }

    public override bool Abort(Exception error)
    {
        bool wake = false;
        lock (_gate)
        {
            if (!_dropping)
            {
                _dropping = true;
                wake = _waiting;
                _waiting = false;

                // What has ended and was read to its end stays what it was. The consumer's place is its own, and may be one behind here: then
                // it meets the error after the last item, as if it had been a moment slower.
                if (!_ended || _queue.Count > 0 || _index + 1 < _count)
                {
                    _complete = false;
                    _error = error;
                }

                _ended = true;
                _queue.Clear();
                _spares.Clear();
                _tail = null;
                _count = 0; // The consumer meets the end with its next step; what it holds now stays readable.
            }
        }

        // Whoever came second too: what it tells the sender next lets that send more.
        CloseAccount();
        return wake;
    }

    public override void CloseAccount() => _ledger?.Close(_account);

    bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Says how items are read and counted; called before the first can come.</summary>
    protected void Attach(RpcConnection connection, ItemFormat<T> format)
    {
        Connection = connection;
        _format = format;
        _ledger = connection.Streams.Receiving;
    }

    /// <summary>Begins, when the consumer asks for the first item; null when the stream has begun.</summary>
    protected virtual Task? BeginAsync() => null;

    /// <summary>Tells the sender that it may send more, if it still wants to know.</summary>
    protected abstract void GiveCredit(long amount);

    /// <summary>Runs <see cref="InboundStream.Waker"/> on the thread pool, for who must not run user code.</summary>
    protected void WakeLater() => ThreadPool.UnsafeQueueUserWorkItem(static stream => stream.Wake(), this, preferLocal: false);

    private ValueTask<bool> MoveToNextChunk()
    {
        if (BeginAsync() is { } beginning)
        {
            if (!beginning.IsCompletedSuccessfully) return MoveAfterAsync(beginning);
        }

        long credit;
        ValueTask<bool> result;
        lock (_gate)
        {
            if (_waiting) throw new InvalidOperationException("MoveNextAsync was called before its last call had completed.");
            RetireChunk();
            if (TryTakeChunk())
            {
                credit = CreditDue(isIdle: false);
                result = new ValueTask<bool>(true);
            }
            else if (_ended)
            {
                credit = TakeConsumed();
                result = _complete ? new ValueTask<bool>(false) : ValueTask.FromException<bool>(_error!);
            }
            else
            {
                credit = CreditDue(isIdle: true);
                while (_spares.Count > 1) _spares.Pop(); // There may be thousands of streams that are quiet for long.
                _core.Reset();
                _waiting = true;
                result = new ValueTask<bool>(this, _core.Version);
            }
        }

        if (credit > 0) GiveCredit(credit);
        return result;
    }

    private async ValueTask<bool> MoveAfterAsync(Task beginning)
    {
        await beginning.ConfigureAwait(false);
        return await MoveToNextChunk().ConfigureAwait(false);
    }

    private void RetireChunk()
    {
        ItemChunk<T>? done = _current;
        if (done is null) return;
        _current = null;
        _items = [];
        _index = -1;
        _count = 0;
        _consumed += done.Cost;
        done.Clear();
        if (done.IsReusable && _spares.Count < MostSpares) _spares.Push(done);
    }

    private bool TryTakeChunk()
    {
        if (!_queue.TryDequeue(out ItemChunk<T>? chunk)) return false;
        if (_tail == chunk) _tail = null;
        _current = chunk;
        _items = chunk.Items;
        _count = chunk.Count;
        _index = 0;
        return true;
    }

    /// <summary>
    /// What is to be given back now: half a window at a time while there is more to read; while there is not, also less, if the sender has
    /// so little left that it may be waiting for it, or other streams might take what is left.
    /// </summary>
    private long CreditDue(bool isIdle)
    {
        StreamLedger ledger = _ledger!;
        bool due = _consumed >= ledger.StreamWindow / 2
            || (isIdle && _consumed >= Math.Min(StreamCost.Reserve, ledger.StreamWindow) / 2 && ledger.IsCreditDue(_account, this));
        return due ? TakeConsumed() : 0;
    }

    private long TakeConsumed()
    {
        long amount = _consumed;
        _consumed = 0;
        _ledger?.Refund(_account, amount);
        return amount;
    }

    private ItemChunk<T> TakeSpare()
    {
        lock (_gate)
        {
            return _spares.TryPop(out ItemChunk<T>? spare) ? spare : new ItemChunk<T>();
        }
    }

    private void Wake()
    {
        Exception? error = null;
        bool result;
        lock (_gate)
        {
            result = TryTakeChunk();
            if (!result && !_complete) error = _error;
        }

        if (error is null) _core.SetResult(result);
        else _core.SetException(error);
    }

    /// <summary>Runs the consumer's continuation in a batch, where it may block.</summary>
    private sealed class WakeItem(InboundStream<T> stream) : BatchItem(runsInCallersContext: true)
    {
        public override void Run()
        {
            try
            {
                stream.Wake();
            }
            catch (Exception e)
            {
                // Only a continuation that was attached by hand can throw; it is not the connection's fault.
                stream.Connection!.ContinuationFailed("A stream", e);
            }
        }
    }
}
