namespace SourceGen.Rpc.Contracts;

/// <summary>Everything that is printed for one valid service or topic interface, and the types its serializers are needed for.</summary>
/// <param name="HintName">The name of its generated file.</param>
/// <param name="GeneratedNamespace">The namespace of the assembly's generated types.</param>
/// <param name="InterfaceName">The interface, with <c>global::</c>.</param>
/// <param name="Namespace">The interface's namespace; empty for the global one.</param>
/// <param name="Declarations">The partial declarations to reopen, from the outermost containing type to the interface itself.</param>
/// <param name="Identifier">What generated types are named after.</param>
/// <param name="IsTopic">Whether the methods are events.</param>
/// <param name="WireName">The service's name on the wire, or what the topics of events begin with.</param>
/// <param name="Version">Its version label, or empty.</param>
/// <param name="Schema">The text of docs/contract-schema.md.</param>
/// <param name="ValueTypes">The names of the schema's objects that are structs, sorted.</param>
/// <param name="KeyedNames">The names of members by index, sorted by type and index.</param>
/// <param name="Methods">The methods, sorted by wire name.</param>
/// <param name="Types">The types that need serializers, by name: all that the contract reaches, or those that are printed with it.</param>
internal sealed record ServiceModel(
    string HintName,
    string GeneratedNamespace,
    string InterfaceName,
    string Namespace,
    EquatableArray<string> Declarations,
    string Identifier,
    bool IsTopic,
    string WireName,
    string Version,
    string Schema,
    EquatableArray<string> ValueTypes,
    EquatableArray<KeyedName> KeyedNames,
    EquatableArray<MethodModel> Methods,
    EquatableArray<TypeModel> Types);
