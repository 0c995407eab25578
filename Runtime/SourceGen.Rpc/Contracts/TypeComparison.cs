namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Compares the types of two schemas by structure. Types may refer to themselves, so a pair of objects that is being compared counts
/// as compatible until a difference is found anywhere (the greatest fixed point).
/// </summary>
/// <param name="client">This side's schema.</param>
/// <param name="server">The server's schema, from an untrusted peer.</param>
internal sealed class TypeComparison(ContractSchema client, ContractSchema server)
{
    /// <summary>How many pairs of types are compared for one contract: many times what real contracts need, and little time.</summary>
    private const int MaxComparisons = 1_000_000;

    private const int MaxDescription = 100;

    // A queue instead of recursion: a peer may send a chain of types as long as its schema. It also finds the nearest difference first.
    private readonly Queue<Pair> _pending = new();
    private readonly HashSet<(string Client, string Server)> _assumed = [];
    private readonly HashSet<(string Client, string Server)> _proven = [];
    private string _serverName = "";
    private int _compared;

    /// <summary>A name cut to a length that suits a message.</summary>
    public static string Shorten(string text) => text.Length <= MaxDescription ? text : text[..MaxDescription] + "...";

    /// <summary>Starts with the types of another method.</summary>
    /// <param name="serverName">What messages call the server.</param>
    public void Begin(string serverName)
    {
        _serverName = serverName;
        _pending.Clear();
        _assumed.Clear();
    }

    /// <summary>Adds a pair of types to compare.</summary>
    /// <param name="here">The client's.</param>
    /// <param name="there">The server's.</param>
    /// <param name="where">Where they stand: <c>parameter 'person'</c>.</param>
    public void Add(SchemaType here, SchemaType there, string where) => Enqueue(here, there, new Place(null, where));

    /// <summary>Compares what was added.</summary>
    /// <returns>The first difference, without a full stop; null when there is none.</returns>
    public string? FindDifference()
    {
        while (_pending.TryDequeue(out Pair pair))
        {
            if (_compared > MaxComparisons) return $"the contracts are too large to be compared ({MaxComparisons} pairs of types)";
            if (Compare(pair) is string difference) return $"{pair.Where} {difference}";
        }

        // No difference anywhere, so everything that was assumed on the way is true.
        _proven.UnionWith(_assumed);
        return null;
    }

    /// <summary>One of the client's types as a message names it.</summary>
    public string DescribeClient(SchemaType type) => Describe(type, client);

    private static bool IsInteger(SchemaType type, ContractSchema schema) =>
        type.Kind == SchemaKind.Integer || (type.Kind == SchemaKind.Named && schema.Types[type.Name] is SchemaEnum);

    private static string Describe(SchemaType type, ContractSchema schema)
    {
        if (type.Kind == SchemaKind.Opaque) return $"the custom format {Shorten(type.Name)}";
        if (type.Kind != SchemaKind.Named) return Shorten(type.ToString());
        string name = Shorten(type.Name);
        return schema.Types[type.Name] switch
        {
            SchemaEnum => $"the enum {name}",
            SchemaUnion => $"the union {name}",
            SchemaObject { IsArray: true } => $"the object {name}, an array with keys by number",
            _ => $"the object {name}, a map with keys by name",
        };
    }

    private string? Compare(Pair pair)
    {
        (SchemaType here, SchemaType there, Place where) = pair;
        if (IsInteger(here, client) && IsInteger(there, server)) return null;
        if (here.Kind != there.Kind) return Differ(here, there);
        switch (here.Kind)
        {
            case SchemaKind.List:
                AddPart(0, "element");
                return null;
            case SchemaKind.Stream:
                AddPart(0, "item");
                return null;
            case SchemaKind.Map:
                AddPart(0, "key");
                AddPart(1, "value");
                return null;
            case SchemaKind.Tuple when here.Arguments.Length != there.Arguments.Length:
                return Differ(here, there);
            case SchemaKind.Tuple:
                for (int i = 0; i < here.Arguments.Length; i++) AddPart(i, $"item {i + 1}");
                return null;
            case SchemaKind.Opaque:
                return here.Name == there.Name ? null : Differ(here, there);
            case SchemaKind.Named when client.Types[here.Name] is SchemaUnion ours && server.Types[there.Name] is SchemaUnion theirs:
                return CompareUnions(ours, theirs, where);
            case SchemaKind.Named:
                return CompareObjects(here, there, where);
            default:
                return null;
        }

        void AddPart(int index, string what) => Enqueue(here.Arguments[index], there.Arguments[index], new Place(where, what));
    }

    private string? CompareObjects(SchemaType here, SchemaType there, Place where)
    {
        if (client.Types[here.Name] is not SchemaObject ours || server.Types[there.Name] is not SchemaObject theirs)
        {
            return Differ(here, there);
        }

        if (ours.IsArray != theirs.IsArray) return Differ(here, there);
        (string, string) names = (ours.Name, theirs.Name);
        if (_proven.Contains(names) || !_assumed.Add(names)) return null;
        foreach (SchemaMember member in ours.Members)
        {
            // Members that only one side knows are skipped by the other.
            if (theirs.Find(member.Key) is SchemaMember same)
            {
                Enqueue(member.Type, same.Type, new Place(where, $"member '{Shorten(member.Key)}'"));
            }
        }

        return null;
    }

    private string? CompareUnions(SchemaUnion ours, SchemaUnion theirs, Place where)
    {
        (string, string) names = (ours.Name, theirs.Name);
        if (_proven.Contains(names) || !_assumed.Add(names)) return null;
        bool isCommon = false;
        foreach (SchemaCase @case in ours.Cases)
        {
            // A case that only one side knows is an error, or a fallback, when a value of it comes.
            if (theirs.Find(@case.Tag) is not { } same) continue;
            isCommon = true;
            Enqueue(@case.Type, same.Type, new Place(where, $"case {@case.Tag}"));
        }

        return isCommon || ours.Cases.Length == 0 || theirs.Cases.Length == 0
            ? null
            : $"is the union {Shorten(ours.Name)} here and the union {Shorten(theirs.Name)} at {_serverName}, and no case has the same tag";
    }

    private void Enqueue(SchemaType here, SchemaType there, Place where)
    {
        // Counted here, so that the queue is bounded too: beyond the limit the comparison ends with its next step.
        if (++_compared <= MaxComparisons || _pending.Count == 0) _pending.Enqueue(new Pair(here, there, where));
    }

    private string Differ(SchemaType here, SchemaType there) =>
        $"is {Describe(here, client)} here and {Describe(there, server)} at {_serverName}";

    private readonly record struct Pair(SchemaType Here, SchemaType There, Place Where);

    /// <summary>The way from a parameter or the result to a type within it.</summary>
    private sealed class Place(Place? outer, string what)
    {
        private const int MaxSteps = 12;

        public override string ToString()
        {
            var steps = new Stack<string>();
            for (Place? place = this; place is not null; place = place.Outer) steps.Push(place.What);
            return steps.Count <= MaxSteps
                ? string.Join(' ', steps)
                : $"{string.Join(' ', steps.Take(MaxSteps / 2))} ... {string.Join(' ', steps.Skip(steps.Count - (MaxSteps / 2)))}";
        }

        private Place? Outer => outer;

        private string What => what;
    }
}
