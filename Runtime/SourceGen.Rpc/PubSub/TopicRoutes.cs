using System.Collections.Concurrent;

namespace SourceGen.Rpc.PubSub;

/// <summary>Which groups get a topic's messages: found once for each topic, then looked up without a lock.</summary>
/// <param name="gate">Guards changes.</param>
internal sealed class TopicRoutes<TGroup>(Lock gate)
    where TGroup : class, ITopicGroup
{
    /// <summary>How many topics' groups are remembered; those of more are looked for with each message.</summary>
    private const int MostTopics = 16_384;

    private volatile TGroup[] _groups = [];
    private volatile ConcurrentDictionary<string, TGroup[]> _known = new(StringComparer.Ordinal);

    /// <summary>All groups. They are changed with the gate held.</summary>
    public TGroup[] Groups
    {
        get => _groups;
        set
        {
            _groups = value;
            _known = new ConcurrentDictionary<string, TGroup[]>(StringComparer.Ordinal);
        }
    }

    /// <summary>Finds the groups that get a topic's messages.</summary>
    /// <exception cref="RpcException">The topic is none.</exception>
    public TGroup[] Find(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return _known.TryGetValue(topic, out TGroup[]? known) ? known : Match(topic);
    }

    private TGroup[] Match(string topic)
    {
        TopicName.Check(topic);

        // Under the gate, or what was found could be remembered after it has changed.
        lock (gate)
        {
            TGroup[] found = Array.FindAll(_groups, group => group.Pattern.Matches(topic));
            if (_known.Count < MostTopics) _known[topic] = found;
            return found;
        }
    }
}
