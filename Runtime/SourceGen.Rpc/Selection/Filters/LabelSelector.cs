using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// What metadata nodes must have, in the notation of Kubernetes' label selectors
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors): <c>zone=a</c>, <c>zone!=a</c>,
/// <c>zone in (a, b)</c>, <c>zone notin (a, b)</c>, <c>gpu</c> (it is there), <c>!gpu</c> (it is not), several with commas between them, all
/// of which must hold. What is not to be equal may also be missing. Immutable.
/// </summary>
public sealed class LabelSelector
{
    private readonly string _text;
    private readonly Requirement[] _requirements;

    private LabelSelector(string text, Requirement[] requirements)
    {
        _text = text;
        _requirements = requirements;
    }

    /// <summary>Reads a selector.</summary>
    /// <param name="text">The selector.</param>
    /// <exception cref="FormatException">It is none; the message says what is wrong and where.</exception>
    public static LabelSelector Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Reader reader = new(text);
        List<Requirement> requirements = [];
        do requirements.Add(reader.ReadRequirement());
        while (reader.TryTake(','));
        reader.RequireEnd();
        return new LabelSelector(text, [.. requirements]);
    }

    /// <summary>Whether metadata has what it must have.</summary>
    /// <param name="metadata">The metadata.</param>
    public bool Matches(ServiceMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Array.TrueForAll(_requirements, requirement => requirement.Holds(metadata));
    }

    /// <summary>The selector as it was written.</summary>
    public override string ToString() => _text;

    /// <param name="Key">The name.</param>
    /// <param name="Values">Its values; null for any.</param>
    /// <param name="IsNegated">Whether these are what it must not have.</param>
    private sealed record Requirement(string Key, string[]? Values, bool IsNegated)
    {
        public bool Holds(ServiceMetadata metadata) =>
            (metadata.TryGetValue(Key, out string? value) && (Values is null || Array.IndexOf(Values, value) >= 0)) != IsNegated;
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public Requirement ReadRequirement()
        {
            if (TryTake('!')) return new Requirement(ReadWord("a name after '!'"), null, IsNegated: true);
            string key = ReadWord("a name");
            if (TryTake('!'))
            {
                if (!TryTake('=')) throw Wrong("'=' after '!'");
                return new Requirement(key, [ReadValue()], IsNegated: true);
            }

            if (TryTake('='))
            {
                TryTake('=');
                return new Requirement(key, [ReadValue()], IsNegated: false);
            }

            if (IsEnd || text[_at] == ',') return new Requirement(key, null, IsNegated: false);
            int before = _at;
            string word = ReadWord("'=', '!=', 'in', 'notin' or ','");
            if (word is not ("in" or "notin"))
            {
                _at = before;
                throw Wrong("'=', '!=', 'in', 'notin' or ','");
            }

            if (!TryTake('(')) throw Wrong("'('");
            List<string> values = [];
            do values.Add(ReadValue());
            while (TryTake(','));
            if (!TryTake(')')) throw Wrong("',' or ')'");
            return new Requirement(key, [.. values], word == "notin");
        }

        public bool TryTake(char c)
        {
            SkipSpace();
            if (IsEnd || text[_at] != c) return false;
            _at++;
            SkipSpace();
            return true;
        }

        public void RequireEnd()
        {
            SkipSpace();
            if (!IsEnd) throw Wrong("',' or the end");
        }

        private readonly bool IsEnd => _at == text.Length;

        private void SkipSpace()
        {
            while (!IsEnd && text[_at] == ' ') _at++;
        }

        private string ReadWord(string expected)
        {
            string word = ReadValue();
            return word.Length > 0 ? word : throw Wrong(expected);
        }

        /// <summary>A value, which may be empty.</summary>
        private string ReadValue()
        {
            SkipSpace();
            int begin = _at;
            while (!IsEnd && text[_at] is not (',' or '=' or '!' or '(' or ')' or ' ')) _at++;
            string word = text[begin.._at];
            SkipSpace();
            return word;
        }

        private readonly FormatException Wrong(string expected) => new(
            $"'{text}' is not a label selector: {expected} is expected {(IsEnd ? "at its end" : $"at position {_at + 1}, in place of '{text[_at]}'")}. "
            + "Write for example 'zone=a, tier!=test, disk in (ssd, nvme), !old'.");
    }
}
