namespace SourceGen.Rpc.Streams;

/// <summary>
/// Keeps the windows of all streams of one connection in one direction. The sender keeps one to know what it may send, the receiver
/// keeps another to notice a sender that sends more.
/// </summary>
/// <remarks>
/// What a stream has outstanding beyond <see cref="StreamCost.Reserve"/> is its share of the connection's window, and a stream takes no
/// more of that than it leaves. So the connection's window bounds what all streams of small items hold together, a few stalled streams do
/// not use it up, and however many there are, each other one has its reserve: for small items, or for one that is no larger than its own
/// window. Streams must not wait for each other, because handlers that pass items on, in both directions, would wait for each other for
/// ever. Both sides compute the same: the sender counts a frame when it writes it, under the output's lock, so in the order in which the
/// receiver counts it later; and what the sender learns was given back, the receiver has given back before. So the receiver's figures are
/// never higher, and an honest sender is never accused.
/// </remarks>
/// <param name="streamWindow">What one stream may have outstanding.</param>
/// <param name="connectionWindow">What the shares of all streams may come to.</param>
internal sealed class StreamLedger(long streamWindow, long connectionWindow)
{
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiting = [];
    private Dictionary<StreamAccount, InboundStream>? _debtors;
    private long _shares;
    private int _withHuge;

    /// <summary>What one stream may have outstanding.</summary>
    public long StreamWindow => streamWindow;

    /// <summary>What all streams together hold of the connection's window.</summary>
    public long Shares
    {
        get
        {
            lock (_gate) return _shares;
        }
    }

    /// <summary>Streams that wait until they may send; for who wants to know that nothing is left.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>How much may be sent now. A frame may be sent while this is more than 0, and may cost more.</summary>
    public long Allowance(StreamAccount account)
    {
        lock (_gate) return AllowanceOf(account);
    }

    /// <summary>What an item of more than <see cref="StreamCost.Reserve"/> may cost that is sent now; 0 when none may be sent.</summary>
    public long LargestItem(StreamAccount account)
    {
        lock (_gate) return LargestItemOf(account);
    }

    /// <summary>
    /// Asks for a reader that waits for items whether it should give back what it has consumed: its sender may be waiting for that. If not,
    /// the sender may come to wait for it when other streams use up the window; the reader is told by <see cref="Charge"/> then.
    /// </summary>
    public bool IsCreditDue(StreamAccount account, InboundStream reader)
    {
        lock (_gate)
        {
            if (account.IsClosed) return false;
            if (AllowanceOf(account) < streamWindow / 2 || IsTight) return true;
            if (account.Outstanding > StreamCost.Reserve) (_debtors ??= [])[account] = reader;
            return false;
        }
    }

    /// <summary>Counts the items of a frame, if all but the last of them fit in what may be sent now.</summary>
    /// <param name="account">The stream.</param>
    /// <param name="cost">What they cost.</param>
    /// <param name="lastCost">What the last of them costs.</param>
    /// <param name="isLarge">Whether it is one item of more than <see cref="StreamCost.Reserve"/>.</param>
    public bool TryCharge(StreamAccount account, long cost, long lastCost, bool isLarge)
    {
        lock (_gate)
        {
            if (isLarge ? lastCost > LargestItemOf(account) : AllowanceOf(account) <= cost - lastCost) return false;
            Add(account, cost);
            return true;
        }
    }

    /// <summary>Counts items, whatever they cost.</summary>
    /// <returns>Readers that wait, and have now to give back what they have consumed; null for none.</returns>
    public IReadOnlyCollection<InboundStream>? Charge(StreamAccount account, long cost)
    {
        lock (_gate)
        {
            Add(account, cost);
            if (_debtors is not { Count: > 0 } debtors || !IsTight) return null;
            _debtors = null;
            return debtors.Values;
        }
    }

    /// <summary>Counts items that were consumed, and lets those send that wait for it.</summary>
    /// <returns>False when more is given back than was outstanding.</returns>
    public bool Refund(StreamAccount account, long amount)
    {
        List<Waiter>? ready;
        lock (_gate)
        {
            if (account.IsClosed) return true;
            if (amount > account.Outstanding) return false;
            Set(account, account.Outstanding - amount);
            ready = TakeReady();
        }

        Release(ready);
        return true;
    }

    /// <summary>The stream is over.</summary>
    public void Close(StreamAccount account)
    {
        List<Waiter>? ready;
        lock (_gate)
        {
            if (account.IsClosed) return;
            Set(account, 0);
            account.IsClosed = true;
            _debtors?.Remove(account);
            ready = TakeReady();
        }

        Release(ready);
    }

    /// <summary>Waits until something may be sent, or until the stream is over.</summary>
    /// <param name="account">The stream.</param>
    /// <param name="largeCost">What it costs, if it is an item of more than <see cref="StreamCost.Reserve"/>; otherwise 0.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task WaitAsync(StreamAccount account, long largeCost, CancellationToken cancellationToken)
    {
        Waiter waiter = new(account, largeCost);
        lock (_gate)
        {
            if (IsReady(waiter)) return;
            _waiting.Add(waiter);
        }

        try
        {
            await waiter.Completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _waiting.Remove(waiter);
        }
    }

    private static long ShareOf(long outstanding) => Math.Max(0, outstanding - StreamCost.Reserve);

    private static void Release(List<Waiter>? ready)
    {
        if (ready is null) return;
        foreach (Waiter waiter in ready) waiter.Completion.TrySetResult();
    }

    private long AllowanceOf(StreamAccount account)
    {
        long outstanding = account.Outstanding;
        long reserved = Math.Max(0, StreamCost.Reserve - outstanding);
        return Math.Min(streamWindow - outstanding, reserved + ShareLeft(outstanding));
    }

    /// <summary>Whether a sender might find no share left, now or when what is on its way has arrived.</summary>
    private bool IsTight => _shares >= connectionWindow / 2;

    /// <summary>
    /// Without a share, a stream may have one item of up to its window beside its reserve; and one stream of all may have a larger one.
    /// </summary>
    private long LargestItemOf(StreamAccount account)
    {
        long outstanding = account.Outstanding;
        if (outstanding >= streamWindow) return 0;
        if (ShareLeft(outstanding) > 0) return long.MaxValue;
        if (outstanding > StreamCost.Reserve) return 0;
        return _withHuge == 0 ? long.MaxValue : streamWindow;
    }

    /// <summary>How much a stream's share may grow: as it grows, what is left shrinks, until they are equal.</summary>
    private long ShareLeft(long outstanding) => Math.Max(0, (connectionWindow - _shares - ShareOf(outstanding) + 1) / 2);

    private void Set(StreamAccount account, long outstanding)
    {
        _shares += ShareOf(outstanding) - ShareOf(account.Outstanding);
        account.Outstanding = outstanding;
        if (!account.HasHuge || outstanding > StreamCost.Reserve) return;
        account.HasHuge = false;
        _withHuge--;
    }

    private void Add(StreamAccount account, long cost)
    {
        if (account.IsClosed) return;

        // Frames of small items cost more than a window only if that is small itself, and then nothing in them counts as large.
        if (cost > Math.Max(streamWindow, StreamCost.MaxFrameCost) && !account.HasHuge)
        {
            account.HasHuge = true;
            _withHuge++;
        }

        Set(account, account.Outstanding + cost);
    }

    private bool IsReady(Waiter waiter) =>
        waiter.Account.IsClosed
        || (waiter.LargeCost > 0 ? waiter.LargeCost <= LargestItemOf(waiter.Account) : AllowanceOf(waiter.Account) > 0);

    private List<Waiter>? TakeReady()
    {
        List<Waiter>? ready = null;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (!IsReady(_waiting[i])) continue;
            (ready ??= []).Add(_waiting[i]);
            _waiting.RemoveAt(i--);
        }

        return ready;
    }

    private sealed class Waiter(StreamAccount account, long largeCost)
    {
        public StreamAccount Account => account;

        public long LargeCost => largeCost;

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
