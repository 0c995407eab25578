using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>The words and names of a contract schema.</summary>
internal static partial class SchemaText
{
    /// <summary>Whether the text is a <c>word</c>: a letter or '_', then letters, digits or '_'.</summary>
    public static bool IsWord(string text)
    {
        int position = 0;
        while (position < text.Length)
        {
            int length = WordCharacter(text, position, position == 0);
            if (length == 0) return false;
            position += length;
        }

        return position > 0;
    }

    /// <summary>How many UTF-16 units the word character at a position takes; 0 when there is none.</summary>
    public static int WordCharacter(string text, int position, bool first)
    {
        if (position >= text.Length) return 0;
        if (text[position] == '_') return 1;
        int length = char.IsSurrogatePair(text, position) ? 2 : 1;
        if (length == 1 && char.IsSurrogate(text[position])) return 0;
        return (first ? char.IsLetter(text, position) : char.IsLetterOrDigit(text, position)) ? length : 0;
    }

    /// <summary>Appends a method's or member's wire name: as a word if it is one, in quotes otherwise.</summary>
    public static void AppendWordOrName(StringBuilder text, string name)
    {
        if (IsWord(name)) text.Append(name);
        else AppendName(text, name);
    }

    /// <summary>Appends a name in quotes.</summary>
    public static void AppendName(StringBuilder text, string name)
    {
        text.Append('"');
        foreach (char c in name)
        {
            if (c is '"' or '\\') text.Append('\\');
            text.Append(c);
        }

        text.Append('"');
    }
}
