namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>
/// What a publisher keeps for subscriptions of which one gets each message, or for a single one without a group: a bounded buffer, from which
/// members are given as much as they may have at a time. A message is in it until somebody is done with it.
/// </summary>
/// <param name="pattern">What they subscribe to.</param>
/// <param name="name">The group's name; null for none.</param>
/// <param name="options">How much it keeps, and what happens beyond.</param>
internal sealed class DirectGroup(TopicPattern pattern, string? name, DirectBrokerOptions options) : ITopicGroup
{
    /// <summary>How much memory is kept for messages to come.</summary>
    private const long MostSpareBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly ParcelQueue _pending = new();
    private readonly Stack<Parcel> _spare = new();
    private DirectMember[] _members = [];
    private DirectMember[] _ready = [];
    private TaskCompletionSource? _room;
    private long _spareBytes;
    private long _numbers;
    private long _dropped;
    private long _emptySince;
    private uint _turn;
    private int _count;
    private bool _isLost;
    private bool _isClosed;

    /// <summary>What they subscribe to.</summary>
    public TopicPattern Pattern { get; } = pattern;

    /// <summary>The group's name; null for none.</summary>
    public string? Name { get; } = name;

    /// <summary>The members that are known.</summary>
    public DirectMember[] Members => Volatile.Read(ref _members);

    /// <summary>How many members messages can be sent to.</summary>
    public int Ready => Volatile.Read(ref _ready).Length;

    /// <summary>How many messages it has that nobody is done with.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many messages were given up: there was no room, or nobody to send them to.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Whether somebody is there who could be sent what it has.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _count > 0 && _members.Length > 0;
        }
    }

    /// <summary>Takes a message, or does what the policy says when there is no room.</summary>
    /// <returns>False when somebody has to wait for room.</returns>
    public bool TryAdd(in OutgoingMessage message, int length)
    {
        lock (_gate)
        {
            if (_isClosed) return true; // The subscription has just ended.
            if (_count >= options.Capacity && !MakeRoom()) return options.Overflow != OverflowPolicy.Wait || _isLost;
            Parcel parcel = _spare.TryPop(out Parcel? spare) ? spare : new Parcel();
            _spareBytes -= parcel.Memory;
            parcel.Fill(in message, length, ++_numbers);
            _count++;
            Give(parcel);
            return true;
        }
    }

    /// <summary>Completes when there is room, or nobody needs any. It is half empty then, so that few have to wait often.</summary>
    public async ValueTask WhenRoomAsync(CancellationToken cancellationToken)
    {
        Task room;
        lock (_gate)
        {
            if (_isClosed || _isLost || _count < options.Capacity) return;
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A member comes, which cannot be sent anything yet.</summary>
    public void Join(DirectMember member)
    {
        lock (_gate) _members = [.. _members, member];
    }

    /// <summary>A member leaves. What it was not sent goes to others.</summary>
    /// <returns>False when it was the last of a subscription without a group: then this is closed.</returns>
    public bool Leave(DirectMember member)
    {
        lock (_gate)
        {
            _members = Array.FindAll(_members, one => one != member);
            _ready = Array.FindAll(_ready, one => one != member);
            PutBack(member, []);
            if (_members.Length > 0) return true;
            _emptySince = Environment.TickCount64;
            if (Name is not null) return true;
            CloseLocked();
            return false;
        }
    }

    /// <summary>Nobody came for as long as messages are kept: they are given up.</summary>
    /// <returns>False when there is somebody, or the time is not over.</returns>
    public bool TryExpire(long now)
    {
        lock (_gate)
        {
            if (_members.Length > 0 || now - _emptySince < options.GroupRetention.TotalMilliseconds) return false;
            CloseLocked();
            return true;
        }
    }

    /// <summary>A member can be sent messages.</summary>
    public void Connect(DirectMember member)
    {
        lock (_gate)
        {
            if (!_members.Contains(member) || _ready.Contains(member)) return;
            _ready = [.. _ready, member];
            _isLost = false;
            Drain();
        }
    }

    /// <summary>The connection to a member is lost: what it had goes to others, or to itself when it is back.</summary>
    /// <param name="member">The member.</param>
    /// <param name="unsettled">What it was sent and did not settle.</param>
    public void Disconnect(DirectMember member, IReadOnlyList<Parcel> unsettled)
    {
        lock (_gate)
        {
            _ready = Array.FindAll(_ready, one => one != member);
            member.InFlight = 0;
            foreach (Parcel parcel in unsettled) parcel.Deliveries++;
            PutBack(member, unsettled);
            if (Name is not null || _members.Length == 0) return;

            // Perhaps it is dead, and stays in the registry until its lease ends: nobody is to wait for it so long.
            _isLost = true;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Takes what a member is to be sent now.</summary>
    /// <param name="member">The member.</param>
    /// <param name="target">Where it is put.</param>
    /// <param name="bytes">How many bytes may be taken; the last message may have more.</param>
    /// <returns>How many messages.</returns>
    public int Take(DirectMember member, Span<Parcel> target, ref int bytes)
    {
        int taken = 0;
        lock (_gate)
        {
            while (taken < target.Length && bytes > 0 && member.Queue.Count > 0 && member.InFlight < member.Entry.Prefetch)
            {
                Parcel parcel = member.Queue.Take();
                bytes -= parcel.Body.Length + DeliveryFormat.MaxHead;
                member.InFlight++;
                target[taken++] = parcel;
            }
        }

        return taken;
    }

    /// <summary>A member is done with messages.</summary>
    public void Complete(DirectMember member, ReadOnlySpan<Parcel> parcels)
    {
        lock (_gate)
        {
            foreach (Parcel parcel in parcels) Release(parcel);
            member.InFlight = Math.Max(0, member.InFlight - parcels.Length);
            GoOn(member);
        }
    }

    /// <summary>A member did not handle a message, or not in time: it is delivered again.</summary>
    /// <param name="member">The member; null when its part was done before.</param>
    /// <param name="parcel">The message.</param>
    /// <param name="counts">Whether it counts as delivered.</param>
    /// <param name="delay">After which time.</param>
    public void Return(DirectMember? member, Parcel? parcel, bool counts, TimeSpan delay)
    {
        lock (_gate)
        {
            if (parcel is not null && counts) parcel.Deliveries++;
            if (parcel is not null && delay <= TimeSpan.Zero) Restore(parcel);
            if (member is not null)
            {
                member.InFlight = Math.Max(0, member.InFlight - 1);
                GoOn(member);
            }
        }

        if (parcel is not null && delay > TimeSpan.Zero) _ = ReturnLaterAsync(parcel, delay);
    }

    /// <summary>Gives up everything: the broker is disconnected.</summary>
    public void Close()
    {
        lock (_gate) CloseLocked();
    }

    /// <summary>What it is, for messages.</summary>
    public override string ToString() => Name is null ? $"a subscription to '{Pattern}'" : $"the group '{Name}' of '{Pattern}'";

    private async Task ReturnLaterAsync(Parcel parcel, TimeSpan delay)
    {
        await Task.Delay(delay).ConfigureAwait(false);
        lock (_gate) Restore(parcel);
    }

    /// <summary>Gives a message to a member that has room, or keeps it until one has. The gate is held, here and below.</summary>
    private void Give(Parcel parcel)
    {
        if (_pending.Count == 0 && Choose(parcel) is { } member)
        {
            member.Queue.Add(parcel);
            member.Link.Wake();
            return;
        }

        _pending.Add(parcel);
    }

    private void Restore(Parcel parcel)
    {
        if (_isClosed) Drop(parcel);
        else Give(parcel);
    }

    private DirectMember? Choose(Parcel parcel)
    {
        DirectMember[] ready = _ready;
        if (ready.Length == 0) return null;

        // Messages with one key go to one member, as long as the members are the same, and wait for it. A single member gets all in their order.
        if (ready.Length > 1 && parcel.Key is { } key) return ready[KeySpread.Place(key, ready.Length)];
        for (int i = 0; i < ready.Length; i++)
        {
            DirectMember member = ready[++_turn % (uint)ready.Length];
            if (member.HasRoom) return member;
        }

        return null;
    }

    private void Drain()
    {
        while (_pending.Count > 0 && Choose(_pending.First) is { } member)
        {
            member.Queue.Add(_pending.Take());
            member.Link.Wake();
        }
    }

    private void GoOn(DirectMember member)
    {
        Drain();
        if (member.Queue.Count > 0) member.Link.Wake();
        if (_count > options.Capacity / 2) return;
        _room?.TrySetResult();
        _room = null;
    }

    private void Release(Parcel parcel)
    {
        _count--;
        if (_spareBytes + parcel.Memory > MostSpareBytes) return;
        _spareBytes += parcel.Memory;
        _spare.Push(parcel);
    }

    private void Drop(Parcel parcel)
    {
        Release(parcel);
        _dropped++;
    }

    /// <summary>Messages that a member has not settled come before those that wait, in the order in which they were published.</summary>
    private void PutBack(DirectMember member, IReadOnlyList<Parcel> unsettled)
    {
        List<Parcel> back = [.. unsettled];
        while (member.Queue.Count > 0) back.Add(member.Queue.Take());
        back.Sort(static (one, other) => other.Number.CompareTo(one.Number));
        foreach (Parcel parcel in back)
        {
            if (_isClosed) Drop(parcel);
            else _pending.AddFirst(parcel);
        }

        Drain();
    }

    /// <summary>There is no room: what the policy says is done.</summary>
    /// <returns>Whether there is room now.</returns>
    private bool MakeRoom()
    {
        if (options.Overflow == OverflowPolicy.Wait && !_isLost) return false;
        if (options.Overflow == OverflowPolicy.DropOldest)
        {
            ParcelQueue? oldest = _pending.Count > 0 ? _pending : null;
            foreach (DirectMember member in _members)
            {
                if (member.Queue.Count > 0 && (oldest is null || member.Queue.First.Number < oldest.First.Number)) oldest = member.Queue;
            }

            if (oldest is not null)
            {
                Drop(oldest.Take());
                return true;
            }
        }

        _dropped++; // The new one; also where all that are older are with their handlers.
        return false;
    }

    private void CloseLocked()
    {
        _isClosed = true;
        while (_pending.Count > 0) Drop(_pending.Take());
        foreach (DirectMember member in _members)
        {
            while (member.Queue.Count > 0) Drop(member.Queue.Take());
        }

        _room?.TrySetResult();
        _room = null;
    }
}
