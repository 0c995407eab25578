using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Server;

/// <summary>
/// Knows which arguments of a method are pooled buffers, and whether its result is one: they are disposed of with the call. Few methods
/// have such; the others have no object of this kind.
/// </summary>
internal sealed class CallBuffers<TRequest>
{
    private readonly RequestMember<TRequest, RpcBuffer?>[] _arguments;

    private CallBuffers(RequestMember<TRequest, RpcBuffer?>[] arguments) => _arguments = arguments;

    /// <summary>Looks for buffers among the parameters and in the result of a method.</summary>
    /// <returns>Null when there are none.</returns>
    public static CallBuffers<TRequest>? Find<TResponse>(TypeShape<TRequest> request)
    {
        RequestMember<TRequest, RpcBuffer?>[] arguments = [.. (request.Parameters ?? []).OfType<RequestMember<TRequest, RpcBuffer?>>()];
        return arguments.Length > 0 || typeof(TResponse) == typeof(RpcBuffer) ? new CallBuffers<TRequest>(arguments) : null;
    }

    /// <summary>Disposes of what a call had.</summary>
    /// <param name="request">Its arguments.</param>
    public void Release(in TRequest request)
    {
        foreach (RequestMember<TRequest, RpcBuffer?> argument in _arguments) argument.Get(in request)?.Dispose();
    }

    /// <summary>Disposes of a result that was written, or is not going to be.</summary>
    public void ReleaseResult<TResponse>(TResponse response) => (response as RpcBuffer)?.Dispose();
}
