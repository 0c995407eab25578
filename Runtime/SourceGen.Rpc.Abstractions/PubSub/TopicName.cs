namespace SourceGen.Rpc.PubSub;

/// <summary>
/// What a topic's name may be: 1 to 255 ASCII letters, digits, underscores and dashes in tokens with dots between, as every engine takes it.
/// </summary>
public static class TopicName
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = TopicRules.MaxLength;

    /// <summary>Checks a name.</summary>
    /// <param name="topic">The name.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.InvalidArgument"/>: it is none; the message says why.</exception>
    public static void Check(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (FindProblem(topic, isPattern: false) is { } problem) throw Invalid($"'{topic}' is no topic: {problem}.");
    }

    /// <summary>What is wrong with a name; null for nothing.</summary>
    internal static string? FindProblem(string topic, bool isPattern) => TopicRules.FindProblem(topic, isPattern);

    internal static RpcException Invalid(string detail) =>
        new(RpcStatusCode.InvalidArgument, detail) { Progress = RpcCallProgress.NotSent };
}
