using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>Reads one schema text; see the grammar in docs/contract-schema.md.</summary>
/// <param name="text">The text, from an untrusted peer.</param>
/// <param name="described">Types that are described elsewhere, if any.</param>
internal sealed class SchemaParser(string text, IReadOnlyDictionary<string, SchemaDefinition>? described = null)
{
    /// <summary>The digits of the greatest and the least 64-bit integers, and a sign.</summary>
    private const int MaxIntegerLength = 20;

    private readonly List<(string Name, int Position)> _references = [];
    private int _position;

    /// <summary>Where in the text reading failed, and why; null while it has not.</summary>
    public (int Position, string Problem)? Failure { get; private set; }

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="FormatException">It is not a schema.</exception>
    public ContractSchema ParseSchema()
    {
        bool isTopic = TryTake("topic ");
        if (!isTopic && !TryTake("service ")) throw Expected("'service ' or 'topic '");
        string service = ParseName();
        Expect("\n");
        SchemaMethod[] methods = ParseMethods();
        SchemaDefinition[] definitions = ParseDefinitions(out HashSet<string> names);
        foreach ((string name, int position) in _references)
        {
            if (!names.Contains(name) && described?.ContainsKey(name) != true)
                throw Error(position, $"the type \"{Shorten(name)}\" is not described anywhere");
        }

        return new ContractSchema(service, methods, definitions) { IsTopic = isTopic };
    }

    private SchemaMethod[] ParseMethods()
    {
        var methods = new List<SchemaMethod>();
        while (TryTake("method "))
        {
            int start = _position;
            string name = ParseWordOrName();
            if (methods.Count > 0) CheckOrder(methods[methods.Count - 1].Name, name, start);
            Expect("(");
            SchemaParameter[] parameters = ParseParameters();
            Expect(" -> ");
            methods.Add(ParseReply(name, parameters) with { Throws = ParseThrows() });
            Expect("\n");
        }

        return [.. methods];
    }

    private SchemaParameter[] ParseParameters()
    {
        var parameters = new List<SchemaParameter>();
        if (TryTake(")")) return [];
        do
        {
            string name = ParseWordOrName();
            Expect(": ");
            int start = _position;
            SchemaType type = ParseTypeOrStream();
            if (type.Kind == SchemaKind.Stream && parameters.Exists(static parameter => parameter.IsStream))
            {
                throw Error(start, "a method takes one stream at most");
            }

            parameters.Add(new SchemaParameter(name, type, TryTake(" = default")));
        }
        while (TryTake(", "));

        Expect(")");
        return [.. parameters];
    }

    private SchemaMethod ParseReply(string name, SchemaParameter[] parameters)
    {
        if (TryTake("void")) return new SchemaMethod(name, parameters, SchemaReply.Void, null);
        if (TryTake("oneway")) return new SchemaMethod(name, parameters, SchemaReply.OneWay, null);
        return new SchemaMethod(name, parameters, SchemaReply.Value, ParseTypeOrStream());
    }

    private string[] ParseThrows()
    {
        if (!TryTake(" throws ")) return [];
        var names = new List<string>();
        do
        {
            int start = _position;
            string name = ParseName();
            _references.Add((name, start));
            names.Add(name);
        }
        while (TryTake(", "));

        return [.. names];
    }

    private SchemaDefinition[] ParseDefinitions(out HashSet<string> names)
    {
        var definitions = new List<SchemaDefinition>();
        names = new HashSet<string>(StringComparer.Ordinal);
        while (_position < text.Length)
        {
            bool isObject = TryTake("object ");
            bool isUnion = !isObject && TryTake("union ");
            if (!isObject && !isUnion && !TryTake("enum "))
            {
                throw Expected(names.Count == 0 ? "'method ', 'object ', 'union ' or 'enum '" : "'object ', 'union ' or 'enum '");
            }

            int start = _position;
            string name = ParseName();
            if (!names.Add(name)) throw Error(start, $"the type '{Shorten(name)}' is there twice");
            Expect(" ");
            definitions.Add(isObject ? ParseObject(name) : isUnion ? ParseUnion(name) : ParseEnum(name));
        }

        return [.. definitions];
    }

    private SchemaObject ParseObject(string name)
    {
        bool isArray = TryTake("array { ");
        if (!isArray && !TryTake("map { ")) throw Expected("'map { ' or 'array { '");
        var members = new List<SchemaMember>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (!TryTake("}\n"))
        {
            do
            {
                int start = _position;
                string key = isArray ? ParseIndex() : ParseWordOrName();
                if (!keys.Add(key)) throw Error(start, $"the member '{Shorten(key)}' is there twice");
                Expect(": ");
                members.Add(new SchemaMember(key, ParseType(depth: 0)));
            }
            while (TryTake("; "));

            Expect(" }\n");
        }

        return new SchemaObject(name, isArray, [.. members]);
    }

    private SchemaUnion ParseUnion(string name)
    {
        bool isOpen = TryTake("open ");
        Expect("{ ");
        var cases = new List<SchemaCase>();
        var tags = new HashSet<int>();
        if (!TryTake("}\n"))
        {
            do
            {
                int start = _position;
                Int128 tag = ParseInteger();
                if (tag < int.MinValue || tag > int.MaxValue) throw Error(start, "a tag is from -2147483648 to 2147483647");
                if (!tags.Add((int)tag)) throw Error(start, $"the tag {tag} is there twice");
                Expect(": ");
                cases.Add(new SchemaCase((int)tag, ParseType(depth: 0)));
            }
            while (TryTake("; "));

            Expect(" }\n");
        }

        return new SchemaUnion(name, isOpen, [.. cases]);
    }

    private SchemaEnum ParseEnum(string name)
    {
        int start = _position;
        string underlying = ParseWord();
        if (!SchemaType.TryGetScalar(underlying, out SchemaKind kind) || kind != SchemaKind.Integer)
        {
            throw Error(start, "expected an integer type");
        }

        Expect(" { ");
        var values = new List<(string, Int128)>();
        if (!TryTake("}\n"))
        {
            do
            {
                string value = ParseWordOrName();
                Expect(" = ");
                values.Add((value, ParseInteger()));
            }
            while (TryTake("; "));

            Expect(" }\n");
        }

        return new SchemaEnum(name, underlying, [.. values]);
    }

    private SchemaType ParseTypeOrStream()
    {
        if (!TryTake("stream<")) return ParseType(depth: 0);
        SchemaType item = ParseType(depth: 1);
        Expect(">");
        return new SchemaType(SchemaKind.Stream, "stream", [item], IsNullable: false);
    }

    private SchemaType ParseType(int depth)
    {
        int start = _position;
        if (depth > ContractSchema.MaxNesting) throw Error(start, $"types are nested more than {ContractSchema.MaxNesting} deep");
        if (_position < text.Length && text[_position] == '"')
        {
            string name = ParseName();
            _references.Add((name, start));
            return new SchemaType(SchemaKind.Named, name, [], TryTake("?"));
        }

        string word = ParseWord();
        if (word == "opaque") return ParseOpaque();
        if (SchemaType.TryGetScalar(word, out SchemaKind kind)) return new SchemaType(kind, word, [], TryTake("?"));
        kind = word switch
        {
            "list" => SchemaKind.List,
            "map" => SchemaKind.Map,
            "tuple" => SchemaKind.Tuple,
            _ => throw Error(start, $"'{Shorten(word)}' is not a type"),
        };
        SchemaType[] arguments = ParseArguments(depth);
        int expected = kind switch { SchemaKind.List => 1, SchemaKind.Map => 2, _ => arguments.Length };
        if (arguments.Length != expected)
        {
            throw Error(start, $"{word} takes {expected} type{(expected == 1 ? "" : "s")}, not {arguments.Length}");
        }

        return new SchemaType(kind, word, arguments, TryTake("?"));
    }

    private SchemaType ParseOpaque()
    {
        Expect("<");
        string name = ParseName();
        Expect(">");
        return new SchemaType(SchemaKind.Opaque, name, [], TryTake("?"));
    }

    private SchemaType[] ParseArguments(int depth)
    {
        var arguments = new List<SchemaType>();
        Expect("<");
        do arguments.Add(ParseType(depth + 1));
        while (TryTake(", "));
        Expect(">");
        return [.. arguments];
    }

    private string ParseWordOrName() => _position < text.Length && text[_position] == '"' ? ParseName() : ParseWord();

    private string ParseWord()
    {
        int start = _position;
        while (SchemaText.WordCharacter(text, _position, _position == start) is int length and > 0) _position += length;
        return _position > start ? text.Substring(start, _position - start) : throw Expected("a word");
    }

    private string ParseName()
    {
        if (_position >= text.Length || text[_position] != '"') throw Expected("a name in quotes");
        int start = _position++;
        var name = new StringBuilder();
        while (_position < text.Length && text[_position] != '"')
        {
            char c = text[_position];
            if (char.IsControl(c)) throw Error(_position, "a name holds no control characters");
            if (c == '\\')
            {
                _position++;
                if (_position >= text.Length || text[_position] is not ('"' or '\\')) throw Expected("'\"' or '\\' after '\\'");
                c = text[_position];
            }

            name.Append(c);
            _position++;
        }

        if (_position >= text.Length) throw Error(start, "the name that begins here has no closing quote");
        _position++;
        return name.ToString();
    }

    private string ParseIndex()
    {
        int start = _position;
        Int128 index = ParseInteger();
        return index >= 0 && index <= int.MaxValue
            ? index.ToString(CultureInfo.InvariantCulture)
            : throw Error(start, "an index is from 0 to 2147483647");
    }

    private Int128 ParseInteger()
    {
        int start = _position;
        if (_position < text.Length && text[_position] == '-') _position++;
        while (_position < text.Length && text[_position] is >= '0' and <= '9' && _position - start <= MaxIntegerLength) _position++;
        string digits = text.Substring(start, _position - start);
        return digits.Length <= MaxIntegerLength && Int128.TryParse(
            digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 value)
            ? value
            : throw Error(start, "expected an integer of 64 bits");
    }

    /// <summary>A method's place is its number on the wire, so the order matters for methods, and for types it does not.</summary>
    private void CheckOrder(string previous, string name, int position)
    {
        int order = string.CompareOrdinal(previous, name);
        if (order == 0) throw Error(position, $"the method '{Shorten(name)}' is there twice");
        if (order > 0) throw Error(position, $"the method '{Shorten(name)}' comes before '{Shorten(previous)}': sort by name");
    }

    private bool TryTake(string expected)
    {
        if (string.CompareOrdinal(text, _position, expected, 0, expected.Length) != 0) return false;
        _position += expected.Length;
        return true;
    }

    private void Expect(string expected)
    {
        if (!TryTake(expected))
        {
            throw Expected(expected == "\n" ? "the end of the line" : $"'{expected.Replace("\n", "\\n")}'");
        }
    }

    private FormatException Expected(string what)
    {
        if (_position >= text.Length) return Error(_position, $"expected {what}, found the end");
        int length = Math.Min(16, text.Length - _position);
        int end = text.IndexOf('\n', _position, length);
        string found = end == _position ? "the end of the line" : $"'{text.Substring(_position, end < 0 ? length : end - _position)}'";
        return Error(_position, $"expected {what}, found {found}");
    }

    private FormatException Error(int position, string what)
    {
        int line = 1, start = 0;
        for (int i = 0; i < position; i++)
        {
            if (text[i] != '\n') continue;
            line++;
            start = i + 1;
        }

        Failure = (position, what);
        return new FormatException($"The contract schema is not valid at line {line}, column {position - start + 1}: {what}.");
    }

    private static string Shorten(string name) => name.Length <= 100 ? name : name.Substring(0, 100) + "...";
}
