namespace SourceGen.Rpc.Contracts;

/// <summary>A type with a serializer of its own.</summary>
/// <param name="Serializer">The serializer, with <c>global::</c>.</param>
internal sealed record CustomModel(TypeRef Ref, string Serializer) : TypeModel(Ref);
