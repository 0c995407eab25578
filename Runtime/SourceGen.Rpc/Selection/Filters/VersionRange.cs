namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Which versions will do, in the notation of npm's semver (https://github.com/npm/node-semver#ranges): <c>&gt;=1.2 &lt;2</c>, <c>1.*</c>,
/// <c>1.2.3</c>, <c>^1.2</c> (below 2), <c>~1.2.3</c> (below 1.3), <c>1.* || 3.*</c>. A word that is no version, such as <c>latest</c>, stands
/// for itself. Immutable.
/// </summary>
/// <remarks>
/// Missing numbers are zero, so <c>1.2</c> is 1.2.0 and no range; <c>1.2.*</c> is one. A pre-release is in a range only if the range names a
/// pre-release of the same numbers, or it is <c>*</c>: <c>&gt;=1.2 &lt;2</c> holds neither 2.0.0-rc.1 nor 1.3.0-beta.
/// </remarks>
public sealed class VersionRange
{
    private readonly string _text;
    private readonly Bound[][] _alternatives;

    private VersionRange(string text, Bound[][] alternatives)
    {
        _text = text;
        _alternatives = alternatives;
    }

    /// <summary>All versions, and what has none.</summary>
    public static VersionRange Any { get; } = Parse("*");

    /// <summary>Reads a range.</summary>
    /// <param name="text">The range.</param>
    /// <exception cref="FormatException">It is none; the message says what is wrong and what was expected.</exception>
    public static VersionRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new VersionRange(text, [.. text.Split("||").Select(alternative => ParseAlternative(alternative, text))]);
    }

    /// <summary>Whether a version is in the range.</summary>
    /// <param name="version">The version; empty when there is none, which only <c>*</c> holds.</param>
    public bool Contains(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        _ = SemanticVersion.TryParse(version, out SemanticVersion? number);
        foreach (Bound[] alternative in _alternatives)
        {
            if (Array.TrueForAll(alternative, bound => bound.Holds(version, number)) && AllowsPreRelease(alternative, number)) return true;
        }

        return false;
    }

    /// <summary>The range as it was written.</summary>
    public override string ToString() => _text;

    private static bool AllowsPreRelease(Bound[] alternative, SemanticVersion? number) =>
        number is null or { IsPreRelease: false }
        || Array.TrueForAll(alternative, static bound => bound.Kind == BoundKind.Any)
        || Array.Exists(alternative, bound => bound.Version is { IsPreRelease: true } named && named.CompareNumbers(number) == 0);

    private static Bound[] ParseAlternative(string alternative, string text)
    {
        List<Bound> bounds = [];
        string[] words = alternative.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            int length = word.AsSpan().IndexOfAnyExcept("<>=^~!");
            if (length < 0)
            {
                // The operator stands apart: >= 1.2
                if (++i == words.Length) throw Wrong(text, $"nothing follows '{word}'");
                length = word.Length;
                word += words[i];
            }

            Add(bounds, word[..length], word[length..], text);
        }

        return bounds.Count > 0 ? [.. bounds] : throw Wrong(text, "there is nothing, or nothing beside a '||'");
    }

    private static void Add(List<Bound> bounds, string sign, string operand, string text)
    {
        if (sign is not ("" or "=" or "==" or "<" or "<=" or ">" or ">=" or "^" or "~")) throw Wrong(text, $"'{sign}' is no operator");
        if (sign is "" or "=" or "==" && TryParseWildcard(operand, out SemanticVersion? prefix))
        {
            if (prefix is null)
            {
                bounds.Add(new Bound(BoundKind.Any, null, operand));
                return;
            }

            bounds.Add(new Bound(BoundKind.AtLeast, prefix, operand));
            bounds.Add(new Bound(BoundKind.Below, prefix.Next(prefix.Length), operand));
            return;
        }

        if (!SemanticVersion.TryParse(operand, out SemanticVersion? version))
        {
            bool isWord = sign is "" or "=" or "==" && char.IsLetter(operand[0]) && operand.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');
            if (!isWord) throw Wrong(text, $"'{operand}' is no version{(operand.Contains('*') ? $" that '{sign}' can be applied to" : "")}");
            bounds.Add(new Bound(BoundKind.Word, null, operand));
            return;
        }

        switch (sign)
        {
            case "<":
                bounds.Add(new Bound(BoundKind.Below, version, operand));
                break;
            case "<=":
                bounds.Add(new Bound(BoundKind.AtMost, version, operand));
                break;
            case ">":
                bounds.Add(new Bound(BoundKind.Above, version, operand));
                break;
            case ">=":
                bounds.Add(new Bound(BoundKind.AtLeast, version, operand));
                break;
            case "^":
                // What comes before the first number that is not zero may not change, nor that number.
                int fixedNumbers = 1;
                while (fixedNumbers < version!.Length && version[fixedNumbers - 1].IsZero) fixedNumbers++;
                bounds.Add(new Bound(BoundKind.AtLeast, version, operand));
                bounds.Add(new Bound(BoundKind.Below, version.Next(fixedNumbers), operand));
                break;
            case "~":
                bounds.Add(new Bound(BoundKind.AtLeast, version, operand));
                bounds.Add(new Bound(BoundKind.Below, version!.Next(Math.Min(2, version.Length)), operand));
                break;
            default:
                bounds.Add(new Bound(BoundKind.Same, version, operand));
                break;
        }
    }

    /// <summary>Reads <c>*</c>, <c>1.*</c> or <c>1.2.x</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">What comes before the wildcard; null for nothing.</param>
    private static bool TryParseWildcard(string text, out SemanticVersion? prefix)
    {
        prefix = null;
        if (text is "*" or "x" or "X") return true;
        string[] parts = text.Split('.');
        int numbers = parts.Length;
        while (numbers > 0 && parts[numbers - 1] is "*" or "x" or "X") numbers--;
        if (numbers == parts.Length || parts.Length > SemanticVersion.MaxNumbers) return false;
        return numbers == 0 || (SemanticVersion.TryParse(string.Join('.', parts[..numbers]), out prefix) && prefix is { IsPreRelease: false });
    }

    private static FormatException Wrong(string text, string why) =>
        new($"'{text}' is not a version range: {why}. Write for example '>=1.2 <2', '1.*', '^1.2', '1.2.3' or '1.* || 3.*'.");

    private enum BoundKind
    {
        Any,
        Word,
        Same,
        Below,
        AtMost,
        Above,
        AtLeast,
    }

    private sealed record Bound(BoundKind Kind, SemanticVersion? Version, string Text)
    {
        public bool Holds(string text, SemanticVersion? number) => Kind switch
        {
            BoundKind.Any => true,
            BoundKind.Word => text == Text,
            _ when number is null => false,
            BoundKind.Same => number.CompareTo(Version) == 0,
            BoundKind.Below => number.CompareTo(Version) < 0,
            BoundKind.AtMost => number.CompareTo(Version) <= 0,
            BoundKind.Above => number.CompareTo(Version) > 0,
            _ => number.CompareTo(Version) >= 0,
        };
    }
}
