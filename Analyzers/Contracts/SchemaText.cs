using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>The words of docs/contract-schema.md.</summary>
internal static partial class SchemaText
{
    /// <summary>A name in quotes.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    /// <summary>What a custom serializer writes.</summary>
    public static string Opaque(string format) => $"opaque<{Quote(format)}>";

    /// <summary>A name as it is when it is a word, and in quotes otherwise.</summary>
    public static string Word(string name)
    {
        bool isWord = char.IsLetter(name[0]) || name[0] == '_';
        for (int i = 1; isWord && i < name.Length; i++) isWord = char.IsLetterOrDigit(name[i]) || name[i] == '_';
        return isWord ? name : Quote(name);
    }

    /// <summary>The type, which may be nil. Some structs may be anyway: their default value is.</summary>
    public static string Nullable(string type) => type.EndsWith("?", StringComparison.Ordinal) ? type : type + "?";

    /// <summary>What a method's line says of the errors that it declares; empty when it declares none.</summary>
    public static string Throws(IEnumerable<ErrorModel> errors)
    {
        string[] names = [.. errors.Select(static e => e.SchemaName).OrderBy(static n => n, StringComparer.Ordinal)];
        return names.Length == 0 ? "" : " throws " + string.Join(", ", names.Select(Quote));
    }

    /// <summary>The whole text of a contract.</summary>
    /// <param name="isTopic">Whether it is one of events.</param>
    /// <param name="service">The service's or the topic's name.</param>
    /// <param name="methods">The method lines, sorted by wire name.</param>
    /// <param name="types">The lines of objects and enums by name.</param>
    public static string Compose(
        bool isTopic, string service, IEnumerable<string> methods, IEnumerable<KeyValuePair<string, string>> types)
    {
        StringBuilder text = new();
        text.Append(isTopic ? "topic " : "service ").Append(Quote(service)).Append('\n');
        foreach (string method in methods) text.Append(method).Append('\n');
        foreach (KeyValuePair<string, string> type in types.OrderBy(static t => t.Key, StringComparer.Ordinal))
            text.Append(type.Value).Append('\n');
        return text.ToString();
    }

    /// <summary>The braces around members: <c>{ a; b }</c>, or <c>{ }</c>.</summary>
    public static string Braces(IReadOnlyCollection<string> members) =>
        members.Count == 0 ? "{ }" : "{ " + string.Join("; ", members) + " }";
}
