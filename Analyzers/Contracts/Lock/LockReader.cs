using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// Reads a lock. Its lines are put together to schemas, which the schema's own parser reads; where that fails, the line of the lock is
/// found again.
/// </summary>
internal sealed class LockReader
{
    private static readonly string[] KnownKeys = [LockText.FormatKey, LockText.ServicesKey, LockText.TypesKey, LockText.AcceptedKey];

    private readonly string _text;

    private LockReader(string text) => _text = text;

    /// <summary>Reads a lock; an empty text is a lock without anything in it, to begin with.</summary>
    /// <exception cref="LockFormatException">It is no lock, or one of a newer version.</exception>
    public static ContractsLock Read(string text) => new LockReader(text).Read();

    private ContractsLock Read()
    {
        Dictionary<string, ContractsLock.Locked> services = new(StringComparer.Ordinal);
        Dictionary<string, LockString> places = new(StringComparer.Ordinal);
        if (_text.Trim().Length == 0) return new ContractsLock(_text, services, places, []);
        if (new LockJson(_text).Read() is not LockObject root) throw new LockFormatException(0, 1, "a lock begins with '{'");
        CheckVersion(root);
        foreach (KeyValuePair<LockString, LockNode> member in root.Members)
        {
            if (KnownKeys.Contains(member.Key.Value)) continue;
            throw At(member.Key, $"'{member.Key.Value}' is no part of a lock; it has {string.Join(", ", KnownKeys)}");
        }

        ContractSchema types = ReadTypes(Lists(root, LockText.TypesKey), places);
        foreach (KeyValuePair<LockString, IReadOnlyList<LockString>> service in Lists(root, LockText.ServicesKey))
            services.Add(service.Key.Value, ReadService(service.Key, service.Value, types));
        LockNode? accepted = root.Find(LockText.AcceptedKey);
        return new ContractsLock(
            _text, services, places, accepted is null ? [] : [.. Strings(accepted).Select(static line => line.Value)]);
    }

    private static void CheckVersion(LockObject root)
    {
        switch (root.Find(LockText.FormatKey))
        {
            case LockNumber { Value: LockText.FormatVersion }:
                return;
            case LockNumber number when number.Value > LockText.FormatVersion:
                throw At(number, string.Format(
                    CultureInfo.InvariantCulture,
                    "the lock has format {0}, and this version of SourceGen.Rpc reads {1}; use the version that wrote it, or a later one",
                    number.Value, LockText.FormatVersion));
            case { } other:
                throw At(other, $"the format is a number; this version of SourceGen.Rpc reads {LockText.FormatVersion}");
            default:
                throw new LockFormatException(
                    root.Start, 1, $"the lock does not begin with its format, \"{LockText.FormatKey}\": {LockText.FormatVersion}");
        }
    }

    private static ContractSchema ReadTypes(
        IEnumerable<KeyValuePair<LockString, IReadOnlyList<LockString>>> types, Dictionary<string, LockString> places)
    {
        Composition text = new("service \"\"\n");
        Dictionary<(string Type, string Key), string> names = [];
        foreach (KeyValuePair<LockString, IReadOnlyList<LockString>> type in types)
        {
            string head = LockText.SwapQuotes(type.Key.Value);
            string name = SchemaLine.NameIn(head);
            if (places.ContainsKey(name)) throw At(type.Key, $"the type '{name}' is there twice; keep one of the two");
            places.Add(name, type.Key);
            bool isKeyed = head.EndsWith(" array", StringComparison.Ordinal);
            text.Append(type.Key, head);
            text.Append(type.Key, " { ");
            for (int i = 0; i < type.Value.Count; i++)
            {
                string part = LockText.SwapQuotes(type.Value[i].Value);
                (string written, string? member) = isKeyed ? KeyedPart.Split(part) : (part, null);
                if (member is not null && KeyedPart.IndexOf(written) is { } index)
                    names[(name, index.ToString(CultureInfo.InvariantCulture))] = member;
                text.Append(type.Value[i], written);
                text.Append(type.Value[i], i < type.Value.Count - 1 ? "; " : " ");
            }

            text.Append(type.Key, "}\n");
        }

        return text.Parse(described: null).WithMemberNames(names);
    }

    private static ContractsLock.Locked ReadService(LockString service, IReadOnlyList<LockString> lines, ContractSchema types)
    {
        Dictionary<string, LockString> places = new(StringComparer.Ordinal);
        bool isTopic = LockText.IsTopic(service.Value);
        string name = isTopic ? service.Value.Substring(LockText.TopicWord.Length) : service.Value;
        int version = name.IndexOf(LockText.VersionWord, StringComparison.Ordinal);
        Composition text = new($"{(isTopic ? "topic" : "service")} {SchemaText.Quote(version < 0 ? name : name.Substring(0, version))}\n");
        List<KeyValuePair<string, LockString>> methods = [];
        foreach (LockString line in lines)
        {
            string method = SchemaLine.NameIn(LockText.SwapQuotes(line.Value));
            if (places.ContainsKey(method)) throw At(line, $"the method '{method}' is there twice; keep one of the two");
            places.Add(method, line);
            methods.Add(new KeyValuePair<string, LockString>(method, line));
        }

        // The order of lines is checked as a whole, and kindly; the parser insists on it.
        foreach (KeyValuePair<string, LockString> method in methods.OrderBy(static method => method.Key, StringComparer.Ordinal))
            text.Append(method.Value, LockText.MethodWord + LockText.SwapQuotes(method.Value.Value) + "\n");
        ContractSchema schema = text.Parse(described: types.Types);
        return new ContractsLock.Locked(service, schema with { Types = types.Types }, places);
    }

    private static IEnumerable<KeyValuePair<LockString, IReadOnlyList<LockString>>> Lists(LockObject root, string key)
    {
        LockNode? node = root.Find(key);
        if (node is null) return [];
        if (node is not LockObject lists) throw At(node, $"the {key} are an object, '{{ \"name\": [ ... ] }}'");
        return
        [
            .. lists.Members.Select(static list =>
                new KeyValuePair<LockString, IReadOnlyList<LockString>>(list.Key, Strings(list.Value))),
        ];
    }

    private static IReadOnlyList<LockString> Strings(LockNode node) => node is LockList list
        ? [.. list.Items.Select(static item => item as LockString ?? throw At(item, "expected a line in quotes"))]
        : throw At(node, "expected a list of lines, '[ \"...\" ]'");

    private static LockFormatException At(LockNode node, string problem) => new(node.Start, node.Length, problem);

    /// <summary>A schema's text, and where in the lock its pieces stand.</summary>
    private sealed class Composition
    {
        private readonly StringBuilder _text = new();
        private readonly List<(int Start, LockString Node)> _pieces = [];

        public Composition(string head) => _text.Append(head);

        public void Append(LockString node, string piece)
        {
            _pieces.Add((_text.Length, node));
            _text.Append(piece);
        }

        public ContractSchema Parse(IReadOnlyDictionary<string, SchemaDefinition>? described)
        {
            SchemaParser parser = new(_text.ToString(), described);
            try
            {
                return parser.ParseSchema();
            }
            catch (FormatException) when (parser.Failure is not null && _pieces.Count > 0)
            {
                (int position, string problem) = parser.Failure.Value;
                LockString node = _pieces.FindLast(piece => piece.Start <= position).Node ?? _pieces[0].Node;
                throw At(node, problem);
            }
        }
    }
}
