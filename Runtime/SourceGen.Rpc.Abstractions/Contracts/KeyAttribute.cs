namespace SourceGen.Rpc;

/// <summary>
/// Gives a member its place in the serialized form: a type whose members have integer keys is written as a MessagePack array with
/// each member at its index; without keys a type is written as a map by member name.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class KeyAttribute : Attribute
{
    /// <summary>Writes the member at <paramref name="index"/> of the array that stands for the object.</summary>
    /// <param name="index">Zero or greater, unique in the type.</param>
    public KeyAttribute(int index) => Index = index;

    /// <summary>Writes the member in the map that stands for the object, under <paramref name="name"/> instead of its own name.</summary>
    /// <param name="name">Not empty, unique in the type.</param>
    public KeyAttribute(string name) => Name = name;

    /// <summary>The index in the array, or -1 for a member keyed by name.</summary>
    public int Index { get; } = -1;

    /// <summary>The name in the map, or null for a member keyed by index.</summary>
    public string? Name { get; }
}
