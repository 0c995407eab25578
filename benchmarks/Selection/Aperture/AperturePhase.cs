namespace SourceGen.Rpc.Benchmarks.Selection.Aperture;

/// <summary>How it stands after a step of the simulation.</summary>
/// <param name="Servers">Servers there are.</param>
/// <param name="MeanConnections">Servers that a client calls, on average.</param>
/// <param name="MaxConnections">The same of the client that calls most.</param>
/// <param name="Busiest">Calls to the busiest server, relative to the mean.</param>
/// <param name="Idlest">Calls to the server that has fewest, relative to the mean.</param>
/// <param name="Opened">Connections, of all clients, to servers that the client did not call before this step.</param>
internal sealed record AperturePhase(int Servers, double MeanConnections, int MaxConnections, double Busiest, double Idlest, long Opened);
