namespace SourceGen.Rpc.BuiltIn;

/// <summary>One method of a service.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Parameters">Its parameters in order.</param>
/// <param name="Result">
/// What it answers with: a type of docs/contract-schema.md; <c>void</c> for an empty reply, <c>oneway</c> for none.
/// </param>
/// <param name="Idempotent">Whether calling it twice has the same effect as calling it once.</param>
/// <param name="TimeoutMs">The contract's own time limit in milliseconds; 0 leaves it to the client, -1 is no limit.</param>
public sealed record MethodDescription(string Name, List<ParameterDescription> Parameters, string Result, bool Idempotent, int TimeoutMs);
