using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>The words and names of a contract schema.</summary>
internal static class SchemaText
{
    /// <summary>Whether the text is a <c>word</c>: a letter or '_', then letters, digits or '_'.</summary>
    public static bool IsWord(ReadOnlySpan<char> text)
    {
        bool first = true;
        while (!text.IsEmpty)
        {
            int length = WordCharacter(text, first);
            if (length == 0) return false;
            text = text[length..];
            first = false;
        }

        return !first;
    }

    /// <summary>How many UTF-16 units the word character at the start of the text takes; 0 when there is none.</summary>
    public static int WordCharacter(ReadOnlySpan<char> text, bool first)
    {
        if (Rune.DecodeFromUtf16(text, out Rune rune, out int length) != System.Buffers.OperationStatus.Done) return 0;
        bool fits = rune.Value == '_' || (first ? Rune.IsLetter(rune) : Rune.IsLetterOrDigit(rune));
        return fits ? length : 0;
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
