using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>A type that stands for one of several, each with a tag.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="IsOpen">Whether its reader keeps cases that are not listed, instead of refusing them.</param>
/// <param name="Cases">The cases, in the order in which they are written.</param>
internal sealed record SchemaUnion(string Name, bool IsOpen, SchemaCase[] Cases) : SchemaDefinition(Name)
{
    private Dictionary<int, SchemaCase>? _byTag;
    private Dictionary<string, SchemaCase>? _byLabel;
    private Dictionary<int, string>? _labels;

    /// <summary>Finds a case by its tag.</summary>
    public SchemaCase? Find(int tag)
    {
        _byTag ??= Cases.ToDictionary(static @case => @case.Tag);
        return _byTag.GetValueOrDefault(tag);
    }

    /// <summary>Finds a case by its label, or by its tag in digits.</summary>
    public SchemaCase? Find(string label)
    {
        _byLabel ??= Cases.ToDictionary(LabelOf, StringComparer.Ordinal);
        return _byLabel.TryGetValue(label, out SchemaCase? found) ? found
            : int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int tag) ? Find(tag)
            : null;
    }

    /// <summary>What a case is called: by the name of its type, if that tells which it is, otherwise by its tag.</summary>
    public string LabelOf(SchemaCase @case) => (_labels ??= MakeLabels())[@case.Tag];

    private Dictionary<int, string> MakeLabels()
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (SchemaCase @case in Cases) counts[@case.Type.Name] = counts.GetValueOrDefault(@case.Type.Name) + 1;
        return Cases.ToDictionary(static @case => @case.Tag, @case =>
        {
            string name = @case.Type.Name;
            bool isClear = @case.Type.Kind == SchemaKind.Named && counts[name] == 1
                && !int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
            return isClear ? name : @case.Tag.ToString(CultureInfo.InvariantCulture);
        });
    }

    /// <inheritdoc/>
    public override void AppendTo(StringBuilder text)
    {
        text.Append("union ");
        SchemaText.AppendName(text, Name);
        text.Append(IsOpen ? " open { " : " { ");
        for (int i = 0; i < Cases.Length; i++)
        {
            if (i > 0) text.Append("; ");
            text.Append(Cases[i].Tag.ToString(CultureInfo.InvariantCulture)).Append(": ");
            Cases[i].Type.AppendTo(text);
        }

        text.Append(Cases.Length > 0 ? " }\n" : "}\n");
    }
}

/// <summary>A case of a union.</summary>
/// <param name="Tag">Its number on the wire.</param>
/// <param name="Type">Its type.</param>
internal sealed record SchemaCase(int Tag, SchemaType Type);
