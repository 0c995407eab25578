namespace SourceGen.Rpc.PubSub;

/// <summary>
/// What can be subscribed to: a topic, or a pattern that matches many. <c>*</c> stands for one token and <c>&gt;</c>, at the end, for one or
/// more, as in NATS (https://docs.nats.io/nats-concepts/subjects#wildcards): <c>orders.*.placed</c>, <c>orders.&gt;</c>.
/// </summary>
public sealed class TopicPattern
{
    private readonly string[] _tokens;

    private TopicPattern(string text)
    {
        Text = text;
        _tokens = text.Split('.');
        IsExact = text.AsSpan().IndexOfAny('*', '>') < 0;
    }

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Whether it is a topic, which matches nothing else.</summary>
    public bool IsExact { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.InvalidArgument"/>: it is none; the message says why.</exception>
    public static TopicPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TopicName.FindProblem(text, isPattern: true) is { } problem) throw TopicName.Invalid($"'{text}' is no topic or pattern: {problem}.");
        return new TopicPattern(text);
    }

    /// <summary>Whether it matches a topic. Allocates nothing.</summary>
    /// <param name="topic">The topic.</param>
    public bool Matches(ReadOnlySpan<char> topic)
    {
        if (IsExact) return topic.SequenceEqual(Text);
        for (int i = 0; ; i++)
        {
            if (i == _tokens.Length) return false;
            int dot = topic.IndexOf('.');
            ReadOnlySpan<char> token = dot < 0 ? topic : topic[..dot];
            if (token.IsEmpty) return false;
            if (_tokens[i] == ">") return true;
            if (_tokens[i] != "*" && !token.SequenceEqual(_tokens[i])) return false;
            if (dot < 0) return i == _tokens.Length - 1;
            topic = topic[(dot + 1)..];
        }
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Text;
}
