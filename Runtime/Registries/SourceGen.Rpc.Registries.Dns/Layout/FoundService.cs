using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>What was found of a service.</summary>
/// <param name="Record">The record with at least one node; null when there is none.</param>
/// <param name="TimeToLive">For how long it is true.</param>
internal sealed record FoundService(ServiceRecord? Record, TimeSpan TimeToLive);
