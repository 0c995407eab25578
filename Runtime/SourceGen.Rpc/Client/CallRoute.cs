using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>How calls of one method go over one connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Method">The method's number on it.</param>
/// <param name="Requests">Writes the arguments in the connection's codec.</param>
/// <param name="Responses">Reads the result.</param>
internal sealed record CallRoute<TRequest, TResponse>(
    RpcConnection Connection, ushort Method, ISerializer<TRequest> Requests, ISerializer<TResponse> Responses)
    where TRequest : struct
{
    /// <summary>Calls the method without a message; null when its calls go as messages.</summary>
    public InProcess.InProcessMethod<TRequest, TResponse>? InProcess { get; init; }

    /// <summary>The errors that the method declares; null for none.</summary>
    public Errors.DeclaredErrors? Errors { get; } = (Responses as Errors.ErrorAwareSerializer<TResponse>)?.Errors;
}
