using System.Collections.Frozen;
using System.Text;

namespace SourceGen.Rpc.Contracts;

/// <summary>What kind of value a type of a contract schema is.</summary>
internal enum SchemaKind
{
    Bool,
    Integer,
    Float,
    Char,
    String,
    Bytes,
    Decimal,
    Guid,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    Int128,
    UInt128,
    BigInteger,
    Date,
    Time,
    Uri,
    Version,
    Index,
    Range,
    Rune,
    List,
    Map,
    Tuple,

    /// <summary>Whatever the custom serializer of this name writes.</summary>
    Opaque,

    /// <summary>Items one after the other, as a whole result or parameter.</summary>
    Stream,

    /// <summary>An object, an enum or a union, described elsewhere in the schema.</summary>
    Named,
}

/// <summary>A type as a contract schema writes it.</summary>
/// <param name="Kind">What kind of value.</param>
/// <param name="Name">The word of a scalar, <c>list</c>, <c>map</c>, <c>tuple</c> or <c>stream</c>, or the name of
/// an object, an enum, a union or a custom format.</param>
/// <param name="Arguments">The types within a list, map, tuple or stream.</param>
/// <param name="IsNullable">Whether the value may be nil.</param>
internal sealed record SchemaType(SchemaKind Kind, string Name, SchemaType[] Arguments, bool IsNullable)
{
    private static readonly FrozenDictionary<string, SchemaKind> Scalars = new Dictionary<string, SchemaKind>(StringComparer.Ordinal)
    {
        ["bool"] = SchemaKind.Bool,
        ["int8"] = SchemaKind.Integer,
        ["int16"] = SchemaKind.Integer,
        ["int32"] = SchemaKind.Integer,
        ["int64"] = SchemaKind.Integer,
        ["uint8"] = SchemaKind.Integer,
        ["uint16"] = SchemaKind.Integer,
        ["uint32"] = SchemaKind.Integer,
        ["uint64"] = SchemaKind.Integer,
        ["float16"] = SchemaKind.Float,
        ["float32"] = SchemaKind.Float,
        ["float64"] = SchemaKind.Float,
        ["char"] = SchemaKind.Char,
        ["string"] = SchemaKind.String,
        ["bytes"] = SchemaKind.Bytes,
        ["decimal"] = SchemaKind.Decimal,
        ["guid"] = SchemaKind.Guid,
        ["datetime"] = SchemaKind.DateTime,
        ["datetimeoffset"] = SchemaKind.DateTimeOffset,
        ["timespan"] = SchemaKind.TimeSpan,
        ["int128"] = SchemaKind.Int128,
        ["uint128"] = SchemaKind.UInt128,
        ["bigint"] = SchemaKind.BigInteger,
        ["date"] = SchemaKind.Date,
        ["time"] = SchemaKind.Time,
        ["uri"] = SchemaKind.Uri,
        ["version"] = SchemaKind.Version,
        ["index"] = SchemaKind.Index,
        ["range"] = SchemaKind.Range,
        ["rune"] = SchemaKind.Rune,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the kind of a scalar by its word.</summary>
    public static bool TryGetScalar(string word, out SchemaKind kind) => Scalars.TryGetValue(word, out kind);

    /// <summary>The type as the schema writes it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    /// <summary>Appends the type as the schema writes it.</summary>
    public void AppendTo(StringBuilder text)
    {
        if (Kind == SchemaKind.Named)
        {
            SchemaText.AppendName(text, Name);
        }
        else if (Kind == SchemaKind.Opaque)
        {
            text.Append("opaque<");
            SchemaText.AppendName(text, Name);
            text.Append('>');
        }
        else text.Append(Name);
        if (Arguments.Length > 0)
        {
            text.Append('<');
            for (int i = 0; i < Arguments.Length; i++)
            {
                if (i > 0) text.Append(", ");
                Arguments[i].AppendTo(text);
            }

            text.Append('>');
        }

        if (IsNullable) text.Append('?');
    }
}
