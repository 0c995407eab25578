using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>How calls of one method go over one connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Method">The method's number on it.</param>
/// <param name="Requests">Writes the arguments in the connection's codec.</param>
/// <param name="Responses">Reads the result.</param>
internal sealed record CallRoute<TRequest, TResponse>(
    RpcConnection Connection, ushort Method, ISerializer<TRequest> Requests, ISerializer<TResponse> Responses);
