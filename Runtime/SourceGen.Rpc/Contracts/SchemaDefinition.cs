using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>An object, an enum or a union of a schema.</summary>
/// <param name="Name">The type's name.</param>
internal abstract record SchemaDefinition(string Name)
{
    /// <summary>Appends the type's line.</summary>
    public abstract void AppendTo(StringBuilder text);
}

/// <summary>A type with members.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="IsArray">Whether its members stand in an array by index, instead of in a map by name.</param>
/// <param name="Members">The members, in the order they are written.</param>
internal sealed record SchemaObject(string Name, bool IsArray, SchemaMember[] Members) : SchemaDefinition(Name)
{
    /// <summary>The most elements of an array with members by index; a schema of a few bytes could ask for billions.</summary>
    private const int MaxSlots = 65_536;

    private Dictionary<string, SchemaMember>? _byKey;
    private SchemaMember?[]? _slots;
    private volatile bool _isMeasured;

    /// <summary>
    /// The members of an array by their index, with nothing in the gaps; null when they are so far apart that it is not safe to write one.
    /// </summary>
    public SchemaMember?[]? Slots
    {
        get
        {
            if (!_isMeasured)
            {
                _slots = MakeSlots();
                _isMeasured = true;
            }

            return _slots;
        }
    }

    /// <summary>Finds a member by its name or index.</summary>
    public SchemaMember? Find(string key)
    {
        _byKey ??= Members.ToDictionary(member => member.Key, StringComparer.Ordinal);
        return _byKey.GetValueOrDefault(key);
    }

    private SchemaMember?[]? MakeSlots()
    {
        (int Index, SchemaMember Member)[] members =
            Array.ConvertAll(Members, static member => (int.Parse(member.Key, CultureInfo.InvariantCulture), member));
        int last = members.Length == 0 ? -1 : members.Max(static member => member.Index);
        if (last >= MaxSlots) return null;
        SchemaMember?[] slots = new SchemaMember?[last + 1];
        foreach ((int index, SchemaMember member) in members) slots[index] = member;
        return slots;
    }

    /// <inheritdoc/>
    public override void AppendTo(StringBuilder text)
    {
        text.Append("object ");
        SchemaText.AppendName(text, Name);
        text.Append(IsArray ? " array { " : " map { ");
        for (int i = 0; i < Members.Length; i++)
        {
            if (i > 0) text.Append("; ");
            if (IsArray) text.Append(Members[i].Key);
            else SchemaText.AppendWordOrName(text, Members[i].Key);
            text.Append(": ");
            Members[i].Type.AppendTo(text);
        }

        text.Append(Members.Length > 0 ? " }\n" : "}\n");
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Key">Its name in a map; its index, in digits, in an array.</param>
/// <param name="Type">Its type.</param>
internal sealed record SchemaMember(string Key, SchemaType Type)
{
    /// <summary>What a member by index is called in C#; null where only the schema is known, which does not say.</summary>
    public string? Name { get; init; }
}

/// <summary>A type with named numbers.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Underlying">Its integer type.</param>
/// <param name="Values">Its values, in the order they are written.</param>
internal sealed record SchemaEnum(string Name, string Underlying, (string Name, Int128 Value)[] Values) : SchemaDefinition(Name)
{
    private Dictionary<Int128, string>? _names;
    private Dictionary<string, Int128>? _values;

    /// <summary>Finds the first name of a value.</summary>
    public string? NameOf(Int128 value)
    {
        _names ??= Values.DistinctBy(static entry => entry.Value).ToDictionary(static entry => entry.Value, static entry => entry.Name);
        return _names.GetValueOrDefault(value);
    }

    /// <summary>Finds the value of a name.</summary>
    public bool TryGetValue(string name, out Int128 value)
    {
        _values ??= Values.DistinctBy(static entry => entry.Name, StringComparer.Ordinal)
            .ToDictionary(static entry => entry.Name, static entry => entry.Value, StringComparer.Ordinal);
        return _values.TryGetValue(name, out value);
    }

    /// <inheritdoc/>
    public override void AppendTo(StringBuilder text)
    {
        text.Append("enum ");
        SchemaText.AppendName(text, Name);
        text.Append(' ').Append(Underlying).Append(" { ");
        for (int i = 0; i < Values.Length; i++)
        {
            if (i > 0) text.Append("; ");
            SchemaText.AppendWordOrName(text, Values[i].Name);
            text.Append(" = ").Append(Values[i].Value.ToString(CultureInfo.InvariantCulture));
        }

        text.Append(Values.Length > 0 ? " }\n" : "}\n");
    }
}
