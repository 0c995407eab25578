namespace SourceGen.Rpc.Contracts;

/// <summary>What a member by index is called in C#, where the schema has its number only.</summary>
/// <param name="Type">The object's name in the schema.</param>
/// <param name="Index">The index.</param>
/// <param name="Name">The member's name.</param>
internal sealed record KeyedName(string Type, int Index, string Name);
