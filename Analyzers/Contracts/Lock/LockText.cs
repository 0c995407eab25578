using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// Writes the text of a lock: the lines of the services' schemas, one method, member or value a line, each list sorted, so that a change of
/// the contract is a change of as few lines as can be. docs/contract-lock.md describes it.
/// </summary>
internal static class LockText
{
    /// <summary>The name of a lock's file.</summary>
    public const string FileName = "contracts.lock.json";

    /// <summary>The version of the format.</summary>
    public const int FormatVersion = 1;

    public const string FormatKey = "contractsLock";
    public const string ServicesKey = "services";
    public const string TypesKey = "types";
    public const string AcceptedKey = "accepted";
    public const string VersionWord = " version ";
    public const string TopicWord = "topic ";
    public const string MethodWord = "method ";

    /// <summary>Writes a lock.</summary>
    /// <param name="services">The services, in any order.</param>
    /// <param name="accepted">The breaking changes that were accepted.</param>
    public static string Write(IEnumerable<CurrentService> services, IEnumerable<string> accepted)
    {
        SortedDictionary<string, IEnumerable<string>> methods = new(StringComparer.Ordinal);
        SortedDictionary<string, SchemaLine> types = new(StringComparer.Ordinal);
        foreach (CurrentService service in services)
        {
            string[] lines = service.Schema.Split(['\n'], StringSplitOptions.RemoveEmptyEntries);
            methods[service.Key] = lines.Where(IsMethod).Select(static line => line.Substring(MethodWord.Length));
            Dictionary<string, Dictionary<int, string>> names = service.KeyedNames
                .GroupBy(static name => name.Type, StringComparer.Ordinal)
                .ToDictionary(static type => type.Key, static type => type.ToDictionary(static n => n.Index, static n => n.Name));
            foreach (string line in lines.Skip(1).Where(static line => !IsMethod(line)))
            {
                SchemaLine type = SchemaLine.Split(line);
                types[type.Name] = names.TryGetValue(type.Name, out Dictionary<int, string>? keyed) ? KeyedPart.Name(type, keyed) : type;
            }
        }

        StringBuilder text = new();
        text.Append("{\n  ").Append(Quote(FormatKey)).Append(": ").Append(FormatVersion.ToString(CultureInfo.InvariantCulture));
        AppendLists(text, ServicesKey, methods.Select(static service => Pair(service.Key, service.Value.Select(SwapQuotes))));
        AppendLists(text, TypesKey, types.Values.Select(static type => Pair(SwapQuotes(type.Head), Sorted(type).Select(SwapQuotes))));
        string[] lasting = [.. accepted.Distinct(StringComparer.Ordinal).OrderBy(static line => line, StringComparer.Ordinal)];
        if (lasting.Length > 0)
        {
            text.Append(",\n  ").Append(Quote(AcceptedKey)).Append(": [");
            AppendItems(text, lasting, "    ");
            text.Append("\n  ]");
        }

        return text.Append("\n}\n").ToString();
    }

    /// <summary>
    /// Exchanges the quotes of names, <c>"</c> and <c>'</c>, so that the lines of a schema need no backslashes in JSON. Doing it twice
    /// gives the line back.
    /// </summary>
    public static string SwapQuotes(string line)
    {
        if (line.IndexOf('"') < 0 && line.IndexOf('\'') < 0) return line;
        char[] characters = line.ToCharArray();
        for (int i = 0; i < characters.Length; i++)
            characters[i] = characters[i] switch { '"' => '\'', '\'' => '"', _ => characters[i] };
        return new string(characters);
    }

    /// <summary>A service or topic as sentences call it, by its key: <c>Service Shop.Greeter</c>, <c>Topic orders version 2</c>.</summary>
    public static string Title(string key) =>
        IsTopic(key) ? "Topic " + key.Substring(TopicWord.Length) : "Service " + key;

    /// <summary>Whether a key is a topic's.</summary>
    public static bool IsTopic(string key) => key.StartsWith(TopicWord, StringComparison.Ordinal);

    private static bool IsMethod(string line) => line.StartsWith(MethodWord, StringComparison.Ordinal);

    private static KeyValuePair<string, IEnumerable<string>> Pair(string name, IEnumerable<string> lines) => new(name, lines);

    /// <summary>
    /// An enum's values by number and a map's members by name, so that it does not matter where they are declared; others as they are.
    /// </summary>
    private static IEnumerable<string> Sorted(SchemaLine type)
    {
        if (type.Head.StartsWith("enum ", StringComparison.Ordinal))
            return type.Parts.OrderBy(NumberOf).ThenBy(static part => part, StringComparer.Ordinal);
        return type.Head.EndsWith(" map", StringComparison.Ordinal)
            ? type.Parts.OrderBy(static part => part, StringComparer.Ordinal)
            : type.Parts;
    }

    private static decimal NumberOf(string part) => decimal.TryParse(
        part.Substring(part.LastIndexOf(' ') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number)
        ? number
        : decimal.MaxValue;

    private static void AppendLists(StringBuilder text, string name, IEnumerable<KeyValuePair<string, IEnumerable<string>>> lists)
    {
        text.Append(",\n  ").Append(Quote(name)).Append(": {");
        bool isFirst = true;
        foreach (KeyValuePair<string, IEnumerable<string>> list in lists)
        {
            text.Append(isFirst ? "\n    " : ",\n    ").Append(Quote(list.Key)).Append(": [");
            if (AppendItems(text, list.Value, "      ")) text.Append("\n    ");
            text.Append(']');
            isFirst = false;
        }

        text.Append(isFirst ? "}" : "\n  }");
    }

    private static bool AppendItems(StringBuilder text, IEnumerable<string> items, string indent)
    {
        bool isFirst = true;
        foreach (string item in items)
        {
            text.Append(isFirst ? "\n" : ",\n").Append(indent).Append(Quote(item));
            isFirst = false;
        }

        return !isFirst;
    }

    private static string Quote(string value)
    {
        StringBuilder text = new("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c < ' ') text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else text.Append(c);
        }

        return text.Append('"').ToString();
    }
}
