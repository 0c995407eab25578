namespace SourceGen.Rpc.Contracts;

/// <summary>An error that a method declares, as one attribute says it: a detail or an exception.</summary>
/// <param name="SchemaName">The type's name in the schema and on the wire.</param>
/// <param name="Code">The number of the code that goes with an exception.</param>
/// <param name="Detail">The type, if it is a detail; otherwise null.</param>
/// <param name="Exception">The type, if it is an exception; otherwise null.</param>
internal sealed record ErrorModel(string SchemaName, int Code, TypeUse? Detail, ExceptionModel? Exception);

/// <summary>An exception that travels member by member, in a struct of its own.</summary>
/// <param name="Name">The C# name with <c>global::</c>.</param>
/// <param name="Identifier">What generated names are made of.</param>
/// <param name="Members">What travels, base class first, then as declared.</param>
/// <param name="Arguments">What is passed to the constructor, by parameter name.</param>
internal sealed record ExceptionModel(
    string Name, string Identifier, EquatableArray<ExceptionMemberModel> Members, EquatableArray<ArgumentModel> Arguments);

/// <summary>One member of an exception.</summary>
/// <param name="Name">The C# name, not escaped.</param>
/// <param name="Key">The name on the wire.</param>
/// <param name="Type">Its type as declared.</param>
/// <param name="IsSet">Whether it is set in an object initializer; otherwise the constructor gets it.</param>
/// <param name="Default">The C# expression of the value it has when it is missing.</param>
internal sealed record ExceptionMemberModel(string Name, string Key, TypeUse Type, bool IsSet, string Default);
