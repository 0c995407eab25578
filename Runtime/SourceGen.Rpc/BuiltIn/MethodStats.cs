namespace SourceGen.Rpc.BuiltIn;

/// <summary>
/// The figures of one method. A call counts from the moment its handler is called; one that is refused before that does not.
/// </summary>
/// <param name="Service">The service's name on the wire.</param>
/// <param name="Version">The service's version label; may be empty.</param>
/// <param name="Method">The method's name on the wire.</param>
/// <param name="Calls">Calls that have ended, well or with an error.</param>
/// <param name="InFlight">Calls whose handlers are running.</param>
/// <param name="Errors">Calls that ended with an error, by its code; codes that did not occur are missing.</param>
/// <param name="Latency">How long the handlers took.</param>
public sealed record MethodStats(
    string Service, string Version, string Method, long Calls, long InFlight, Dictionary<RpcStatusCode, long> Errors, LatencyStats Latency);
