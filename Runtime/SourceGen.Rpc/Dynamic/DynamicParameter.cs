namespace SourceGen.Rpc.Dynamic;

/// <summary>One parameter of a <see cref="DynamicMethod"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as docs/contract-schema.md writes it.</param>
/// <param name="HasDefault">Whether it may be left out.</param>
public sealed record DynamicParameter(string Name, string Type, bool HasDefault);
