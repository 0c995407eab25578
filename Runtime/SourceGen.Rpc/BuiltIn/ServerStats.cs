namespace SourceGen.Rpc.BuiltIn;

/// <summary>The figures of a server. They are read while calls go on, so that two of them may be a few calls apart.</summary>
/// <param name="StartedAt">When the server began to listen, by its machine's clock.</param>
/// <param name="Uptime">How long ago that was.</param>
/// <param name="Connections">Connections that are open.</param>
/// <param name="ConnectionsAccepted">Connections that were opened since the start, those that are open included.</param>
/// <param name="Process">The process that the server runs in.</param>
/// <param name="Methods">The methods, in the order of the services and of their contracts.</param>
/// <param name="BytesSent">
/// Bytes that went out over the server's connections since the start, those that have ended included: after their handshakes, and before
/// they were encrypted.
/// </param>
/// <param name="BytesReceived">Bytes that came in, likewise.</param>
public sealed record ServerStats(
    DateTimeOffset StartedAt,
    TimeSpan Uptime,
    int Connections,
    long ConnectionsAccepted,
    ProcessStats Process,
    List<MethodStats> Methods,
    long BytesSent = 0,
    long BytesReceived = 0);
