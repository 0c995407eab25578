namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>What a query found, and as of when.</summary>
/// <param name="Value">What it found.</param>
/// <param name="Index">Where the next query for the same may begin to wait. It grows, until the servers lose their state.</param>
/// <param name="Endpoint">The number of the agent that answered.</param>
internal sealed record ConsulResult<T>(T Value, ulong Index, int Endpoint);
