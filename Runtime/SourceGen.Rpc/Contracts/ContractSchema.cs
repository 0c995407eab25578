using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>A service's or a topic's contract as its schema describes it (docs/contract-schema.md).</summary>
/// <param name="Service">The service's name on the wire, or what the topics of events begin with.</param>
/// <param name="Methods">The methods, sorted by wire name; the position is the method's number on the wire.</param>
/// <param name="Definitions">The objects, unions and enums, in the order they are written.</param>
internal sealed record ContractSchema(string Service, SchemaMethod[] Methods, SchemaDefinition[] Definitions)
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>The deepest nesting of lists, maps and tuples that is read.</summary>
    public const int MaxNesting = 64;

    /// <summary>Whether it is of a topic, whose methods are events.</summary>
    public bool IsTopic { get; init; }

    /// <summary>The objects, unions and enums by name.</summary>
    public IReadOnlyDictionary<string, SchemaDefinition> Types { get; init; } =
        Definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>The same contract with the C# names of members by index, by type and index in digits.</summary>
    public ContractSchema WithMemberNames(IReadOnlyDictionary<(string Type, string Key), string> names)
    {
        if (names.Count == 0) return this;
        return new ContractSchema(Service, Methods, Array.ConvertAll(Definitions, definition =>
        {
            if (definition is not SchemaObject { IsArray: true } known) return definition;
            SchemaMember[] members = Array.ConvertAll(
                known.Members,
                member => names.TryGetValue((known.Name, member.Key), out string? name) ? member with { Name = name } : member);
            return new SchemaObject(known.Name, known.IsArray, members);
        }))
        {
            IsTopic = IsTopic,
        };
    }

    /// <summary>Reads a schema that comes from an untrusted peer, in time and memory bounded by its length.</summary>
    /// <exception cref="FormatException">The text is not a schema; the message names the line and the column.</exception>
    public static ContractSchema Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxLength
            ? new SchemaParser(text).ParseSchema()
            : throw new FormatException($"The contract schema has {text.Length} characters; at most {MaxLength} are read.");
    }

    /// <summary>The schema's text, of which the fingerprint is taken.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(IsTopic ? "topic " : "service ");
        SchemaText.AppendName(text, Service);
        text.Append('\n');
        foreach (SchemaMethod method in Methods) method.AppendTo(text);
        foreach (SchemaDefinition definition in Definitions) definition.AppendTo(text);
        return text.ToString();
    }
}

/// <summary>How a method answers.</summary>
internal enum SchemaReply
{
    /// <summary>With a value.</summary>
    Value,

    /// <summary>With an empty reply.</summary>
    Void,

    /// <summary>Not at all.</summary>
    OneWay,
}

/// <summary>One method.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Parameters">Its parameters in order.</param>
/// <param name="Reply">How it answers.</param>
/// <param name="Result">What it answers with, if with a value.</param>
internal sealed record SchemaMethod(string Name, SchemaParameter[] Parameters, SchemaReply Reply, SchemaType? Result)
{
    /// <summary>The names of the types of the errors that it declares.</summary>
    public string[] Throws { get; init; } = [];

    /// <summary>What stands behind the arrow: the result's type, <c>void</c> or <c>oneway</c>.</summary>
    public string ReplyText => Result?.ToString() ?? (Reply == SchemaReply.Void ? "void" : "oneway");

    /// <summary>Whether its result or one of its parameters is a stream.</summary>
    public bool HasStream => Result?.Kind == SchemaKind.Stream || Array.Exists(Parameters, static parameter => parameter.IsStream);

    /// <summary>Appends the method's line.</summary>
    public void AppendTo(StringBuilder text)
    {
        text.Append("method ");
        SchemaText.AppendWordOrName(text, Name);
        text.Append('(');
        for (int i = 0; i < Parameters.Length; i++)
        {
            if (i > 0) text.Append(", ");
            SchemaText.AppendWordOrName(text, Parameters[i].Name);
            text.Append(": ");
            Parameters[i].Type.AppendTo(text);
            if (Parameters[i].HasDefault) text.Append(" = default");
        }

        text.Append(") -> ");
        text.Append(ReplyText);
        for (int i = 0; i < Throws.Length; i++)
        {
            text.Append(i == 0 ? " throws " : ", ");
            SchemaText.AppendName(text, Throws[i]);
        }

        text.Append('\n');
    }
}

/// <summary>One parameter.</summary>
/// <param name="Name">Its name, which is not on the wire.</param>
/// <param name="Type">Its type.</param>
/// <param name="HasDefault">Whether it may be missing.</param>
internal sealed record SchemaParameter(string Name, SchemaType Type, bool HasDefault)
{
    /// <summary>Whether it does not travel in the request, but after it.</summary>
    public bool IsStream => Type.Kind == SchemaKind.Stream;
}
