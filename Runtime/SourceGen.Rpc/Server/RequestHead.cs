namespace SourceGen.Rpc.Server;

/// <summary>What stood before the arguments of a request.</summary>
/// <param name="remainingMs">The milliseconds that the caller still waits; -1 for no limit.</param>
/// <param name="headers">Headers for this server; null when the request had neither headers nor baggage.</param>
/// <param name="baggage">Headers to pass on; null as well then.</param>
internal readonly struct RequestHead(long remainingMs, RpcHeaders? headers = null, RpcHeaders? baggage = null)
{
    public long RemainingMs { get; } = remainingMs;

    public RpcHeaders? Headers { get; } = headers;

    public RpcHeaders? Baggage { get; } = baggage;
}
