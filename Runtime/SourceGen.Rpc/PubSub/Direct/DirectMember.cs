namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>A subscription in some process, as a publisher sees it. What changes is its group's, under the group's gate.</summary>
/// <param name="entry">What the registry says about it.</param>
/// <param name="group">Who it shares messages with.</param>
/// <param name="link">Who brings it messages.</param>
internal sealed class DirectMember(SubscriptionEntry entry, DirectGroup group, DirectLink link)
{
    /// <summary>What the registry says about it.</summary>
    public SubscriptionEntry Entry { get; } = entry;

    /// <summary>Who it shares messages with.</summary>
    public DirectGroup Group { get; } = group;

    /// <summary>Who brings it messages.</summary>
    public DirectLink Link { get; } = link;

    /// <summary>What it is to be sent.</summary>
    public ParcelQueue Queue { get; } = new();

    /// <summary>How many were sent that it has not settled.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether it can be given one more without waiting for its turn there.</summary>
    public bool HasRoom => Queue.Count + InFlight < Entry.Prefetch;
}
