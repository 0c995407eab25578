namespace SourceGen.Rpc.Contracts;

/// <summary>What an attribute says about a member's place: <c>[Key]</c> or <c>[DataMember]</c>.</summary>
/// <param name="Index">The index in an array, or null.</param>
/// <param name="Name">The name in a map, or null where the member's own counts.</param>
/// <param name="Attribute">The attribute as messages name it.</param>
internal sealed record MemberKey(int? Index, string? Name, string Attribute);
