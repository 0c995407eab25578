using System.Text;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>The topics that came from one publisher, so that each is checked once and is one string. Not thread safe.</summary>
internal sealed class TopicNames
{
    /// <summary>How many are remembered; of others each message has a string of its own.</summary>
    private const int Most = 4_096;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Gets the string of a topic.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public string Get(ReadOnlySpan<byte> bytes, ref DeliveryReader reader)
    {
        if (bytes.Length > TopicName.MaxLength) throw reader.Wrong($"a topic of {bytes.Length:N0} bytes, and {TopicName.MaxLength} are the most");
        Span<char> characters = stackalloc char[bytes.Length];
        Encoding.Latin1.GetChars(bytes, characters);
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out string? known)) return known;
        string topic = new(characters);
        if (TopicName.FindProblem(topic, isPattern: false) is { } problem) throw reader.Wrong($"a topic that is none: {problem}");
        if (_known.Count < Most) _known.Add(topic);
        return topic;
    }
}
