namespace SourceGen.Rpc;

/// <summary>What is behind a filter: the next filter, and at the end the call itself.</summary>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <typeparam name="TResponse">The result.</typeparam>
/// <param name="call">The call that the filter was given.</param>
public delegate ValueTask<TResponse> RpcFilterNext<TRequest, TResponse>(RpcFilterCall<TRequest> call)
    where TRequest : struct;
