namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// One line of a schema, taken apart into its head and what stands between its braces: <c>enum "Shop.Color" uint8</c>, and
/// <c>Red = 0</c> and <c>Green = 1</c>. It knows nothing of what the line says, so that new kinds of types need nothing here.
/// </summary>
/// <param name="Head">What stands before the braces.</param>
/// <param name="Name">The name in the head.</param>
/// <param name="Parts">What stands between the braces, in its order.</param>
internal sealed record SchemaLine(string Head, string Name, IReadOnlyList<string> Parts)
{
    private const string Open = " { ";
    private const string Separator = "; ";

    /// <summary>Takes a type's line apart.</summary>
    public static SchemaLine Split(string line)
    {
        int open = IndexOf(line, Open, 0);
        string head = open < 0 ? line : line.Substring(0, open);
        List<string> parts = [];
        int end = line.Length - (line.EndsWith(" }", StringComparison.Ordinal) ? 2 : 1);
        for (int start = open + Open.Length; open >= 0 && start < end;)
        {
            int next = IndexOf(line, Separator, start);
            if (next < 0) next = end;
            parts.Add(line.Substring(start, next - start));
            start = next + Separator.Length;
        }

        return new SchemaLine(head, NameIn(head), parts);
    }

    /// <summary>Puts a type's line together.</summary>
    public static string Join(string head, IEnumerable<string> parts) => head + " " + SchemaText.Braces([.. parts]);

    /// <summary>The name that a head or a method's line mentions first: in quotes if it has some, up to the parameters otherwise.</summary>
    public static string NameIn(string text)
    {
        int parenthesis = text.IndexOf('(');
        int quote = text.IndexOf('"');
        if (parenthesis >= 0 && (quote < 0 || quote > parenthesis)) return text.Substring(0, parenthesis);
        if (quote < 0) return text;
        int end = quote + 1;
        while (end < text.Length && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        return text.Substring(quote + 1, Math.Min(end, text.Length) - quote - 1).Replace("\\\"", "\"").Replace("\\\\", "\\");
    }

    /// <summary>Finds a text that is not within a name in quotes.</summary>
    private static int IndexOf(string line, string what, int start)
    {
        bool isQuoted = false;
        for (int i = start; i < line.Length; i++)
        {
            if (line[i] == '"') isQuoted = !isQuoted;
            else if (isQuoted && line[i] == '\\') i++;
            else if (!isQuoted && string.CompareOrdinal(line, i, what, 0, what.Length) == 0) return i;
        }

        return -1;
    }
}
