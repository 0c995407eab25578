using System.Globalization;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// A member by index, as a lock has it: <c>0: int32 = Id</c>. The schema has the number alone, from which nobody could tell that two
/// members have exchanged theirs, nor what the line is about.
/// </summary>
internal static class KeyedPart
{
    private const string Sign = " = ";

    /// <summary>Adds the names to the parts of an object.</summary>
    public static SchemaLine Name(SchemaLine type, Dictionary<int, string> names) => type with
    {
        Parts = [.. type.Parts.Select(part =>
            IndexOf(part) is { } index && names.TryGetValue(index, out string? name) ? part + Sign + name : part)],
    };

    /// <summary>Takes a name off a part; there is none in a lock that a person has written.</summary>
    public static (string Part, string? Name) Split(string part)
    {
        int sign = part.LastIndexOf(Sign, StringComparison.Ordinal);
        return sign < 0 ? (part, null) : (part.Substring(0, sign), part.Substring(sign + Sign.Length));
    }

    /// <summary>The index that a part begins with.</summary>
    public static int? IndexOf(string part)
    {
        int colon = part.IndexOf(':');
        bool isIndex = int.TryParse(
            part.Substring(0, Math.Max(colon, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        return isIndex ? index : null;
    }
}
