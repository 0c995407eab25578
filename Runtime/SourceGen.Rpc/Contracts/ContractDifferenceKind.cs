namespace SourceGen.Rpc.Contracts;

/// <summary>What changed between two versions of a contract. docs/contract-lock.md has a row for each.</summary>
#if NET
public
#else
internal
#endif
enum ContractDifferenceKind
{
    /// <summary>The service's name on the wire is another one.</summary>
    ServiceRenamed,

    /// <summary>A method is new.</summary>
    MethodAdded,

    /// <summary>A method is gone, or has another name on the wire.</summary>
    MethodRemoved,

    /// <summary>A method became one-way, or is no longer.</summary>
    OneWayChanged,

    /// <summary>A method that had no result has one.</summary>
    ResultAdded,

    /// <summary>A method that had a result has none.</summary>
    ResultRemoved,

    /// <summary>A result became a stream, or is no longer.</summary>
    ResultStreamChanged,

    /// <summary>A method takes a stream that took none, or the reverse.</summary>
    ParameterStreamChanged,

    /// <summary>A method takes one more argument.</summary>
    ParameterAdded,

    /// <summary>A method takes one argument less.</summary>
    ParameterRemoved,

    /// <summary>A parameter stands in another place; arguments are told apart by their place.</summary>
    ParameterMoved,

    /// <summary>A parameter has another name, which is not on the wire.</summary>
    ParameterRenamed,

    /// <summary>A parameter has a default value now.</summary>
    DefaultAdded,

    /// <summary>A parameter has no default value any more.</summary>
    DefaultRemoved,

    /// <summary>A method declares one more error.</summary>
    ErrorAdded,

    /// <summary>A method declares an error no longer, or under another name.</summary>
    ErrorRemoved,

    /// <summary>A type became one that cannot be read as the other.</summary>
    TypeChanged,

    /// <summary>An object or enum has another name, which is not on the wire, or an enum stands for an integer.</summary>
    TypeRenamed,

    /// <summary>An object with members by name has them by index now, or the reverse.</summary>
    LayoutChanged,

    /// <summary>A number's type holds all that it held, and more.</summary>
    NumberWidened,

    /// <summary>A number's type does not hold all that it held.</summary>
    NumberNarrowed,

    /// <summary>A value may be null now.</summary>
    NullableAdded,

    /// <summary>A value may not be null any more.</summary>
    NullableRemoved,

    /// <summary>An object has one more member.</summary>
    MemberAdded,

    /// <summary>An object lacks a member that it had, or has it under another key.</summary>
    MemberRemoved,

    /// <summary>A member has the index that another one had.</summary>
    MemberMoved,

    /// <summary>A member by index has another name, which is not on the wire.</summary>
    MemberRenamed,

    /// <summary>An enum has one more value.</summary>
    EnumValueAdded,

    /// <summary>An enum lacks a value that it had.</summary>
    EnumValueRemoved,

    /// <summary>An enum's value has another name, which is not on the wire.</summary>
    EnumValueRenamed,

    /// <summary>An enum's value is another number.</summary>
    EnumValueChanged,

    /// <summary>A union has one more case.</summary>
    UnionCaseAdded,

    /// <summary>A union lacks a case that it had.</summary>
    UnionCaseRemoved,

    /// <summary>A union keeps cases now that it does not list.</summary>
    UnionOpened,

    /// <summary>A union refuses cases now that it does not list.</summary>
    UnionClosed,

    /// <summary>The contracts are too large to be compared.</summary>
    NotCompared,
}
