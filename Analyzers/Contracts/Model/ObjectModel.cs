namespace SourceGen.Rpc.Contracts;

/// <summary>A class, struct or record written member by member.</summary>
/// <param name="IsKeyed">Whether it is an array by <c>[Key(n)]</c>; otherwise it is a map by name.</param>
/// <param name="Members">The members in the order they are written: by index, or base class first and then as declared. Last, if there is
/// one, that which holds unknown members.</param>
/// <param name="Arguments">What is passed to the constructor, by parameter name.</param>
/// <param name="Callbacks">The interface that is told, or null.</param>
internal sealed record ObjectModel(
    TypeRef Ref,
    bool IsKeyed,
    EquatableArray<MemberModel> Members,
    EquatableArray<ArgumentModel> Arguments,
    CallbackModel? Callbacks)
    : TypeModel(Ref)
{
    /// <summary>The members that are members on the wire.</summary>
    public IEnumerable<MemberModel> Sent => Members.Where(static m => !m.HoldsUnknown);

    /// <summary>The member that holds unknown members, or null.</summary>
    public MemberModel? Unknown => Members.FirstOrDefault(static m => m.HoldsUnknown);
}

/// <summary>The interface by which an object is told that it is written and read.</summary>
/// <param name="Interface">The interface, with <c>global::</c>.</param>
/// <param name="Before">Its method that comes before writing.</param>
/// <param name="After">Its method that comes after reading.</param>
internal sealed record CallbackModel(string Interface, string Before, string After);

/// <summary>How a member gets the value that was read.</summary>
internal enum MemberSetter
{
    /// <summary>Through the constructor only.</summary>
    Constructor,

    /// <summary>In an object initializer, always: the member is required.</summary>
    Required,

    /// <summary>In an object initializer: the member is init-only.</summary>
    Init,

    /// <summary>By assignment.</summary>
    Assign,
}

/// <summary>One serialized member.</summary>
/// <param name="Name">The C# name, not escaped.</param>
/// <param name="Index">The index in the array, or -1.</param>
/// <param name="Key">The name in the map, or empty.</param>
/// <param name="Type">Its type.</param>
/// <param name="Setter">How it gets its value.</param>
/// <param name="Default">The C# expression of the value it has when it is missing: its constructor parameter's default.</param>
/// <param name="HiddenIn">For an assigned member whose setter is not accessible, the type that declares it, with <c>global::</c>;
/// otherwise empty.</param>
/// <param name="HoldsUnknown">Whether it holds the members that the contract does not have.</param>
internal sealed record MemberModel(
    string Name, int Index, string Key, TypeRef Type, MemberSetter Setter, string Default, string HiddenIn, bool HoldsUnknown);

/// <summary>One constructor argument.</summary>
/// <param name="Parameter">The parameter's name, not escaped.</param>
/// <param name="Member">The position in <see cref="ObjectModel.Members"/> of the member that is passed, or -1.</param>
/// <param name="Value">The expression that is passed when no member is.</param>
internal sealed record ArgumentModel(string Parameter, int Member, string Value);
