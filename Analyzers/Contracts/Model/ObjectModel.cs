namespace SourceGen.Rpc.Contracts;

/// <summary>A class, struct or record written member by member.</summary>
/// <param name="IsKeyed">Whether it is an array by <c>[Key(n)]</c>; otherwise it is a map by name.</param>
/// <param name="Members">The members in the order they are written: by index, or base class first and then as declared.</param>
/// <param name="Arguments">What is passed to the constructor, by parameter name.</param>
internal sealed record ObjectModel(
    TypeRef Ref,
    string GeneratedNamespace,
    string HintName,
    bool IsKeyed,
    EquatableArray<MemberModel> Members,
    EquatableArray<ArgumentModel> Arguments)
    : TypeModel(Ref, GeneratedNamespace, HintName);

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
internal sealed record MemberModel(string Name, int Index, string Key, TypeRef Type, MemberSetter Setter, string Default);

/// <summary>One constructor argument.</summary>
/// <param name="Parameter">The parameter's name, not escaped.</param>
/// <param name="Member">The position in <see cref="ObjectModel.Members"/> of the member that is passed, or -1.</param>
/// <param name="Value">The expression that is passed when no member is.</param>
internal sealed record ArgumentModel(string Parameter, int Member, string Value);
