namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>What is to be thought of an answer to a signed query.</summary>
/// <param name="Problem">Why it is not to be believed; null when it is.</param>
/// <param name="Refusal">What the server says against the query's signature; null when it says nothing, or cannot be believed.</param>
internal readonly record struct TsigVerdict(string? Problem, TsigRefusal? Refusal);
