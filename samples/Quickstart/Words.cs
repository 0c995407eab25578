namespace Quickstart;

/// <summary>
/// What counts as a word: letters and digits, with single apostrophes, dots, dashes or underscores inside (<c>it's</c>, <c>net10.0</c>).
/// </summary>
public static class Words
{
    /// <summary>The words of a line, in order.</summary>
    public static Enumerator In(ReadOnlySpan<char> line) => new(line);

    /// <summary>How many words a line has.</summary>
    public static int Count(ReadOnlySpan<char> line)
    {
        int count = 0;
        foreach (ReadOnlySpan<char> _ in In(line)) count++;
        return count;
    }

    /// <summary>Walks over the words without copying them.</summary>
    public ref struct Enumerator(ReadOnlySpan<char> rest)
    {
        private ReadOnlySpan<char> _rest = rest;

        /// <summary>The word.</summary>
        public ReadOnlySpan<char> Current { get; private set; }

        /// <summary>Itself, so that foreach takes it.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Goes to the next word.</summary>
        public bool MoveNext()
        {
            int start = 0;
            while (start < _rest.Length && !char.IsLetterOrDigit(_rest[start])) start++;
            if (start == _rest.Length) return false;
            int end = start + 1;
            while (end < _rest.Length && (char.IsLetterOrDigit(_rest[end]) || Joins(_rest, end))) end++;
            Current = _rest[start..end];
            _rest = _rest[end..];
            return true;
        }

        private static bool Joins(ReadOnlySpan<char> text, int index) =>
            text[index] is '\'' or '.' or '-' or '_' && index + 1 < text.Length && char.IsLetterOrDigit(text[index + 1]);
    }
}
