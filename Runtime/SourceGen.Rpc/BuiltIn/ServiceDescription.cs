namespace SourceGen.Rpc.BuiltIn;

/// <summary>The whole contract of a service.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Version">Its version label; may be empty.</param>
/// <param name="Fingerprint">The contract's fingerprint.</param>
/// <param name="Schema">The contract in the form of docs/contract-schema.md, with every type that it reaches.</param>
/// <param name="Methods">The methods, in the order of the schema.</param>
public sealed record ServiceDescription(string Name, string Version, ulong Fingerprint, string Schema, List<MethodDescription> Methods);
