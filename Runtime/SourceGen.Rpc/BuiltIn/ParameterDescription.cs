namespace SourceGen.Rpc.BuiltIn;

/// <summary>One parameter of a method.</summary>
/// <param name="Name">Its name; not on the wire, where parameters go by position.</param>
/// <param name="Type">Its type, as docs/contract-schema.md writes it.</param>
/// <param name="HasDefault">Whether it may be left out, and has a default value then.</param>
public sealed record ParameterDescription(string Name, string Type, bool HasDefault);
