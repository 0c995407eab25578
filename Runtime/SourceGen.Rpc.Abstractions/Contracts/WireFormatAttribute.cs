namespace SourceGen.Rpc;

/// <summary>
/// Names what a custom serializer writes. Two contracts agree about a value with a custom serializer when the names are equal, whatever
/// the types are called; so change the name whenever what is written becomes unreadable for older readers. Without the attribute it is
/// the serializer's full name.
/// </summary>
/// <param name="name">Any text without control characters, such as <c>shop.money/2</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class WireFormatAttribute(string name) : Attribute
{
    /// <summary>The name of the format.</summary>
    public string Name { get; } = name;
}
