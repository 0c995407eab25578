namespace SourceGen.Rpc;

/// <summary>
/// Code around calls, of every service and method it is added for. One instance runs for many calls at once. A class can be a filter of
/// clients (<see cref="IRpcClientFilter"/>), of servers (<see cref="IRpcServerFilter"/>), or of both.
/// </summary>
public interface IRpcFilter
{
    /// <summary>Runs instead of the call; usually it calls <paramref name="next"/> and returns what that returns.</summary>
    /// <remarks>
    /// It may change the arguments before, and return another result; not call <paramref name="next"/> at all, and the call has the
    /// result or the exception of the filter; call it again when it fails, one attempt after the other.
    /// </remarks>
    /// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
    /// <typeparam name="TResponse">
    /// The result. For a method without one it is an empty struct of the framework: return what <paramref name="next"/> gave, or the
    /// default.
    /// </typeparam>
    /// <param name="call">The call.</param>
    /// <param name="next">The next filter, or the call itself; give it <paramref name="call"/>.</param>
    ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct;
}

/// <summary>A filter that runs at the caller, before a request is encoded and after its result is decoded.</summary>
public interface IRpcClientFilter : IRpcFilter;

/// <summary>A filter that runs at the server, around the implementation, which is not created before the last filter calls it.</summary>
public interface IRpcServerFilter : IRpcFilter;
