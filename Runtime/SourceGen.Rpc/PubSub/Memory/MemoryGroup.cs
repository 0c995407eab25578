namespace SourceGen.Rpc.PubSub.Memory;

/// <summary>Subscriptions to one topic of which one gets each message; a single one, where it has no group.</summary>
/// <param name="topic">What they subscribe to.</param>
/// <param name="name">The group's name; null for none.</param>
internal sealed class MemoryGroup(string topic, string? name) : ITopicGroup
{
    private volatile MemorySubscription[] _members = [];
    private int _turn;

    /// <summary>What they subscribe to.</summary>
    public TopicPattern Pattern { get; } = TopicPattern.Parse(topic);

    /// <summary>Whether a subscription belongs to it.</summary>
    public bool IsOf(MemorySubscription subscription) => name is not null && subscription.Options.QueueGroup == name && subscription.Topic == topic;

    /// <summary>A member comes. The hub's gate is held.</summary>
    public void Add(MemorySubscription member) => _members = [.. _members, member];

    /// <summary>A member goes. The hub's gate is held.</summary>
    /// <returns>Whether others are left.</returns>
    public bool Remove(MemorySubscription member)
    {
        _members = Array.FindAll(_members, one => one != member);
        return _members.Length > 0;
    }

    /// <summary>Gives a message to one of the members, or does what its policy says when none has room.</summary>
    /// <returns>False when somebody has to wait for room.</returns>
    public bool TryDeliver(in IncomingMessage message)
    {
        MemorySubscription[] members = _members;
        if (members.Length == 0) return true; // The last one has just left.
        if (members.Length == 1) return members[0].TryEnqueue(in message) || members[0].TryOverflow(in message);

        // Messages with one key go to one member, as long as the members are the same.
        if (message.Key is { } key)
        {
            MemorySubscription owner = members[KeySpread.Place(key, members.Length)];
            return owner.TryEnqueue(in message) || owner.TryOverflow(in message);
        }

        uint first = (uint)Interlocked.Increment(ref _turn);
        for (uint i = 0; i < members.Length; i++)
        {
            if (members[(first + i) % (uint)members.Length].TryEnqueue(in message)) return true;
        }

        return members[first % (uint)members.Length].TryOverflow(in message);
    }

    /// <summary>The same, waiting for room.</summary>
    public async ValueTask DeliverAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryDeliver(in message)) return;
            MemorySubscription[] members = _members;
            if (members.Length == 0) return;
            int place = message.Key is { } key ? KeySpread.Place(key, members.Length) : (int)((uint)Volatile.Read(ref _turn) % (uint)members.Length);
            if (await members[place].EnqueueAsync(in message, cancellationToken).ConfigureAwait(false)) return;

            // That one has ended; the hub takes it out of the group, and the next look finds another or none.
            await Task.Yield();
        }
    }

    /// <summary>What it is, for messages.</summary>
    public override string ToString() => name is null ? $"a subscription to '{topic}'" : $"the group '{name}' of '{topic}'";
}
