using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>
/// Brings messages to one process that subscribes: one call for as long as both are there, which is made again when it is lost. One sends
/// what its members are to have, and another reads what became of it.
/// </summary>
internal sealed class DirectLink
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(1);

    private readonly DirectHub _hub;
    private readonly WakeSignal _work = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Parcel[] _taken = new Parcel[DeliveryFormat.MostMessages];
    private readonly Parcel[] _settled = new Parcel[DeliveryFormat.MostMessages];
    private readonly Queue<int> _free = new();
    private Slot[] _slots = [];
    private byte[] _batch = new byte[DeliveryFormat.BatchBytes + 4096];
    private volatile DirectMember[] _members = [];
    private volatile bool _isRetired;
    private volatile bool _isOpen;
    private Task _sending = Task.CompletedTask;
    private int _unsettled;
    private int _turn;

    public DirectLink(DirectHub hub, string node, string address)
    {
        _hub = hub;
        Node = node;
        Address = address;
    }

    /// <summary>The process's id in the registry.</summary>
    public string Node { get; }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>The subscriptions there.</summary>
    public DirectMember[] Members => _members;

    /// <summary>Begins to connect.</summary>
    public void Start() => Running = Task.Run(RunAsync);

    /// <summary>There is something to be sent.</summary>
    public void Wake() => _work.Set();

    /// <summary>A subscription is there. By the hub alone, as are the others that change something.</summary>
    public void Add(DirectMember member)
    {
        lock (_gate)
        {
            _members = [.. _members, member];
            member.Group.Join(member);
            if (_isOpen) member.Group.Connect(member);
        }
    }

    /// <summary>A subscription is gone. What it was sent is settled by its process, or comes back with the connection's end.</summary>
    public void Remove(DirectMember member)
    {
        lock (_gate) _members = Array.FindAll(_members, one => one != member);
    }

    /// <summary>The process has left the registry: the link ends when what is there is settled, or the connection ends.</summary>
    public void Retire()
    {
        _isRetired = true;
        lock (_gate)
        {
            if (!_isOpen) _ = _ending.CancelAsync(); // Not here, under gates: what it cancels goes on at once.
        }

        Wake();
    }

    /// <summary>Ends it; what is not settled comes back to its groups.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await Running.ConfigureAwait(false);
    }

    /// <summary>Gives messages to others whose time to be settled is over.</summary>
    public void CheckTimeouts(long now)
    {
        List<(DirectMember Member, Parcel Parcel)>? late = null;
        lock (_gate)
        {
            for (int i = 0; i < _slots.Length; i++)
            {
                ref Slot slot = ref _slots[i];
                if (slot.Parcel is null || slot.Deadline > now) continue;

                // The place stays taken: the handler is still at it, and may say so later.
                (late ??= []).Add((slot.Member!, slot.Parcel));
                slot.Parcel = null;
                _unsettled--;
            }
        }

        if (late is null) return;
        foreach ((DirectMember member, Parcel parcel) in late) member.Group.Return(member: null, parcel, counts: true, TimeSpan.Zero);
        Wake();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever a call ends with, it is made again.")]
    private async Task RunAsync()
    {
        Backoff backoff = new(s_firstRetry, s_longestRetry);
        CancellationToken ending = _ending.Token;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await using RpcClient client = await RpcClient.ConnectAsync(Address, _hub.CreateClientOptions(), ending).ConfigureAwait(false);
                using CancellationTokenSource call = CancellationTokenSource.CreateLinkedTokenSource(ending);
                try
                {
                    IDelivery delivery = client.Get<IDelivery>();
                    await foreach (ReadOnlyMemory<byte> item in delivery.DeliverAsync(SendAsync(call.Token), call.Token).ConfigureAwait(false))
                    {
                        if (_isOpen)
                        {
                            Settle(item.Span);
                            continue;
                        }

                        CheckGreeting(item.Span);
                        Open();
                        backoff.Reset();
                    }
                }
                finally
                {
                    await call.CancelAsync().ConfigureAwait(false); // Or who sends could wait on.
                    Wake();
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // It ends.
            }
            catch (Exception e)
            {
                _hub.NoteLost(this, e);
            }

            await _sending.ConfigureAwait(false);
            Shut();
            if (_isRetired) break;
            await Task.Delay(backoff.Next(), ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void CheckGreeting(ReadOnlySpan<byte> item)
    {
        DeliveryReader reader = new(item, "A greeting");
        reader.ReadVersion();
        string node = reader.ReadText("the node's id");
        if (node == Node) return;
        throw new RpcException(
            RpcStatusCode.Unavailable, $"At {Address} the node '{node}' answers in place of '{Node}', which has ended; its entry in the registry ends with its lease.");
    }

    private void Open()
    {
        DirectMember[] members;
        lock (_gate)
        {
            _isOpen = true;
            members = _members;
        }

        foreach (DirectMember member in members) member.Group.Connect(member);
        Wake();
    }

    /// <summary>Nobody sends or reads any more: what is not settled goes back.</summary>
    private void Shut()
    {
        Dictionary<DirectMember, List<Parcel>> back = [];
        lock (_gate)
        {
            _isOpen = false;
            foreach (DirectMember member in _members) back[member] = [];
            foreach (ref Slot slot in _slots.AsSpan())
            {
                if (slot.Member is not { } member) continue;
                if (!back.TryGetValue(member, out List<Parcel>? unsettled)) back.Add(member, unsettled = []);
                if (slot.Parcel is { } parcel) unsettled.Add(parcel);
            }

            _slots = [];
            _free.Clear();
            _unsettled = 0;
        }

        foreach ((DirectMember member, List<Parcel> unsettled) in back) member.Group.Disconnect(member, unsettled);
    }

    /// <summary>Sends batches. A batch's memory is used for the next one: an item is encoded before the next one is asked for.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> SendAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _sending = done.Task;
        try
        {
            using CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static signal => ((WakeSignal)signal!).Set(), _work);
            while (!cancellationToken.IsCancellationRequested)
            {
                int length = FillBatch();
                if (length > 0) yield return _batch.AsMemory(0, length);
                else if (_isRetired && _isOpen && Volatile.Read(ref _unsettled) == 0) yield break;
                else await _work.WaitAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            done.TrySetResult();
        }
    }

    private int FillBatch()
    {
        if (!_isOpen) return 0;
        if (_batch.Length > DeliveryFormat.BatchBytes * 8) _batch = new byte[DeliveryFormat.BatchBytes + 4096];
        DirectMember[] members = _members;
        int left = DeliveryFormat.BatchBytes;
        int count = 0;
        int at = 1;
        _batch[0] = DeliveryFormat.Version;
        for (int i = 0; i < members.Length && left > 0 && count < _taken.Length; i++)
        {
            DirectMember member = members[(_turn + i) % members.Length];
            int taken = member.Group.Take(member, _taken.AsSpan(count), ref left);
            if (taken == 0) continue;
            long deadline = Environment.TickCount64 + (long)member.Entry.AckTimeout.TotalMilliseconds;
            lock (_gate)
            {
                foreach (Parcel parcel in _taken.AsSpan(count, taken))
                {
                    if (_free.Count == 0) AddSlots();
                    int tag = _free.Dequeue();
                    _slots[tag] = new Slot { Member = member, Parcel = parcel, Deadline = deadline };
                    _unsettled++;
                    at = Write(member, tag, parcel, at);
                }
            }

            count += taken;
        }

        _turn = members.Length == 0 ? 0 : (_turn + 1) % members.Length;
        return count == 0 ? 0 : at;
    }

    private int Write(DirectMember member, int tag, Parcel parcel, int at)
    {
        ReadOnlySpan<byte> body = parcel.Body;
        if (_batch.Length - at < body.Length + DeliveryFormat.MaxHead) Array.Resize(ref _batch, at + body.Length + DeliveryFormat.MaxHead);
        Span<byte> batch = _batch;
        at += DeliveryFormat.WriteNumber(batch[at..], member.Entry.Id);
        at += DeliveryFormat.WriteNumber(batch[at..], (uint)tag);
        at += DeliveryFormat.WriteNumber(batch[at..], (uint)parcel.Deliveries);
        at += DeliveryFormat.WriteNumber(batch[at..], (uint)body.Length);
        body.CopyTo(batch[at..]);
        return at + body.Length;
    }

    private void AddSlots()
    {
        int old = _slots.Length;
        Array.Resize(ref _slots, Math.Max(64, old * 2));
        for (int i = old; i < _slots.Length; i++) _free.Enqueue(i);
    }

    /// <summary>Reads what became of messages.</summary>
    /// <exception cref="RpcException">It is malformed, or about messages that were not sent.</exception>
    private void Settle(ReadOnlySpan<byte> item)
    {
        DeliveryReader reader = new(item, "A settlement");
        reader.ReadVersion();
        DirectMember? of = null;
        int count = 0;
        while (!reader.IsAtEnd)
        {
            uint number = reader.ReadNumber("a tag");
            DeliveryVerdict verdict = (DeliveryVerdict)(number & 3);
            int tag = (int)(number >> 2);
            TimeSpan delay = verdict == DeliveryVerdict.Done ? default : TimeSpan.FromMilliseconds(Math.Min(86_400_000, reader.ReadNumber("a delay")));
            DirectMember? member;
            Parcel? parcel;
            lock (_gate)
            {
                member = tag < _slots.Length ? _slots[tag].Member : null;
                if (member is null) throw reader.Wrong($"the tag {tag:N0}, which no message has that is with {Node}");
                ref Slot slot = ref _slots[tag];
                parcel = slot.Parcel;
                if (verdict == DeliveryVerdict.Later)
                {
                    slot.Deadline = Environment.TickCount64 + (long)(delay + member.Entry.AckTimeout).TotalMilliseconds;
                    continue;
                }

                if (parcel is not null) _unsettled--;
                slot = default;
                _free.Enqueue(tag);
            }

            if (parcel is null || verdict != DeliveryVerdict.Done)
            {
                // Of one that took too long only its place is given back: the message is somebody else's already.
                member.Group.Return(member, parcel, counts: verdict == DeliveryVerdict.Again, delay);
                continue;
            }

            // Those of one subscription that come together are done with together.
            if (count > 0 && (of != member || count == _settled.Length))
            {
                of!.Group.Complete(of, _settled.AsSpan(0, count));
                count = 0;
            }

            of = member;
            _settled[count++] = parcel;
        }

        if (count > 0) of!.Group.Complete(of, _settled.AsSpan(0, count));
        if (_isRetired) Wake();
    }

    /// <summary>A message that a process has, at the place that is its tag.</summary>
    private struct Slot
    {
        /// <summary>Who has it; null for nobody.</summary>
        public DirectMember? Member;

        /// <summary>The message; null when it was given to somebody else meanwhile.</summary>
        public Parcel? Parcel;

        /// <summary>Until when it is to be settled.</summary>
        public long Deadline;
    }
}
