using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>How calls of one method with streams go over one connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Method">The method's number on it.</param>
/// <param name="Requests">Writes the ordinary arguments in the connection's codec.</param>
/// <param name="Errors">The errors that the method declares; null for none.</param>
internal sealed record StreamRoute<TRequest>(
    RpcConnection Connection, ushort Method, ISerializer<TRequest> Requests, DeclaredErrors? Errors);
