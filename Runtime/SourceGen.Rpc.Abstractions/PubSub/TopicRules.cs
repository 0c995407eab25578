namespace SourceGen.Rpc.PubSub;

/// <summary>The rules of topics' names. The analyzers and the generator compile this file, too, so that they and brokers agree.</summary>
internal static class TopicRules
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 255;

    /// <summary>What is wrong with a name, or with a pattern of names; null for nothing.</summary>
    public static string? FindProblem(string topic, bool isPattern)
    {
        if (topic.Length == 0) return "it is empty";
        if (topic.Length > MaxLength) return $"it has {topic.Length:N0} characters, and {MaxLength} are the most";
        int tokenStart = 0;
        for (int i = 0; i <= topic.Length; i++)
        {
            if (i < topic.Length && topic[i] != '.')
            {
                char c = topic[i];
                if (c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-') continue;
                if (c is not ('*' or '>')) return $"it has the character '{c}' (U+{(int)c:X4}); letters, digits, '_', '-' and dots are allowed";
                if (!isPattern) return $"'{c}' is for patterns, which can be subscribed to and not published to";
                if (i != tokenStart || (i + 1 < topic.Length && topic[i + 1] != '.')) return $"'{c}' must be a token of its own";
                if (c == '>' && i + 1 < topic.Length) return "'>' must be the last token";
                continue;
            }

            if (i == tokenStart) return "it has an empty token: a dot must stand between two tokens";
            tokenStart = i + 1;
        }

        return null;
    }
}
