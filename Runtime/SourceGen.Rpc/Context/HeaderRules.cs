using System.Buffers;

namespace SourceGen.Rpc;

/// <summary>What names and values of headers may be.</summary>
internal static class HeaderRules
{
    /// <summary>Names that begin so are the framework's.</summary>
    public const string ReservedPrefix = "rpc-";

    // The token of HTTP's grammar, so that a gateway can pass headers on as they are.
    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Looks for what is wrong with a header.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Null when it may be sent; otherwise what is wrong and what to do.</returns>
    public static string? Check(string name, string value)
    {
        if (name.Length == 0) return "A header's name is empty.";
        int wrong = name.AsSpan().IndexOfAnyExcept(s_nameCharacters);
        if (wrong >= 0)
        {
            return $"The header name '{Printable(name)}' has {Describe(name[wrong])} at position {wrong}; "
                + "a name consists of ASCII letters, digits and !#$%&'*+-.^_`|~.";
        }

        for (int i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i]))
            {
                return $"The value of the header '{name}' has the control character U+{(int)value[i]:X4} at position {i}; "
                    + "take it out, or encode the value, for example as Base64.";
            }

            if (!char.IsSurrogate(value[i])) continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
            {
                return $"The value of the header '{name}' has half of a surrogate pair at position {i}; "
                    + "it is not text, so encode it, for example as Base64.";
            }

            i++;
        }

        return null;
    }

    /// <summary>Whether only the framework may set a header of this name.</summary>
    public static bool IsReserved(string name) => name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase);

    private static string Describe(char character) =>
        character is > ' ' and < '\x7F' ? $"a '{character}'" : $"the character U+{(int)character:X4}";

    /// <summary>A name that a peer sent must not break the lines of a log.</summary>
    private static string Printable(string name) =>
        string.Concat((name.Length > 64 ? name[..64] : name).Select(static character => char.IsControl(character) ? '?' : character));
}
