namespace SourceGen.Rpc.PubSub.Memory;

/// <summary>What the memory brokers of one name have in common: who subscribes to what. It lasts as long as one of them is connected.</summary>
internal sealed class MemoryHub
{
    private static readonly Dictionary<string, MemoryHub> s_hubs = new(StringComparer.Ordinal);

    private readonly string _name;
    private readonly Lock _gate = new();
    private readonly TopicRoutes<MemoryGroup> _routes;
    private int _members;

    private MemoryHub(string name)
    {
        _name = name;
        _routes = new TopicRoutes<MemoryGroup>(_gate);
    }

    /// <summary>Joins the hub of a name.</summary>
    public static MemoryHub Join(string name)
    {
        lock (s_hubs)
        {
            if (!s_hubs.TryGetValue(name, out MemoryHub? hub)) s_hubs.Add(name, hub = new MemoryHub(name));
            hub._members++;
            return hub;
        }
    }

    /// <summary>A broker leaves.</summary>
    public void Leave()
    {
        lock (s_hubs)
        {
            if (--_members == 0) s_hubs.Remove(_name);
        }
    }

    /// <summary>Finds the groups that get a topic's messages.</summary>
    /// <exception cref="RpcException">The topic is none.</exception>
    public MemoryGroup[] Route(string topic) => _routes.Find(topic);

    /// <summary>A subscription begins.</summary>
    public void Add(MemorySubscription subscription)
    {
        lock (_gate)
        {
            MemoryGroup? known = Array.Find(_routes.Groups, group => group.IsOf(subscription));
            MemoryGroup group = known ?? new MemoryGroup(subscription.Topic, subscription.Options.QueueGroup);
            subscription.Group = group;
            group.Add(subscription);
            if (known is null) _routes.Groups = [.. _routes.Groups, group];
        }
    }

    /// <summary>A subscription ends.</summary>
    public void Remove(MemorySubscription subscription)
    {
        lock (_gate)
        {
            if (subscription.Group is not { } group || group.Remove(subscription)) return;
            _routes.Groups = Array.FindAll(_routes.Groups, one => one != group);
        }
    }
}
