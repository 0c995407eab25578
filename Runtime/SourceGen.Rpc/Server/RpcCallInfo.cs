namespace SourceGen.Rpc;

/// <summary>What is known of a call before its arguments are read: what a rate limiter can tell calls apart by.</summary>
/// <param name="RemoteAddress">Where it comes from; over tcp it has the port, so that each connection has another.</param>
/// <param name="ConnectionId">The number of its connection, unique in this process.</param>
/// <param name="Service">The service's name on the wire.</param>
/// <param name="Method">The method's name on the wire.</param>
/// <param name="OneWay">Whether the caller wants no reply.</param>
public readonly record struct RpcCallInfo(RpcAddress RemoteAddress, long ConnectionId, string Service, string Method, bool OneWay);
