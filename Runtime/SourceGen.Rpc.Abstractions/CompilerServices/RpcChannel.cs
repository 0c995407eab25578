namespace SourceGen.Rpc.CompilerServices;

/// <summary>Where a proxy's calls go. A proxy binds each of its methods once, when it is created.</summary>
public abstract class RpcChannel
{
    /// <summary>Prepares calls of a method with a result.</summary>
    /// <param name="method">The method.</param>
    public abstract UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method without a result.</summary>
    /// <param name="method">The method.</param>
    public abstract ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method whose result is a stream.</summary>
    /// <param name="method">The method.</param>
    public abstract ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and has a result.</summary>
    /// <param name="method">The method.</param>
    public abstract ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and has no result.</summary>
    /// <param name="method">The method.</param>
    public abstract ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and whose result is one.</summary>
    /// <param name="method">The method.</param>
    public abstract DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method)
        where TService : class
        where TRequest : struct;
}

/// <summary>Calls one method with a result over one channel.</summary>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <typeparam name="TResponse">The result.</typeparam>
public abstract class UnaryInvoker<TRequest, TResponse>
    where TRequest : struct
{
    /// <summary>Sends the request and waits for the result.</summary>
    /// <param name="request">The arguments; encoded before the method returns.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public abstract ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken);
}

/// <summary>Calls one method without a result over one channel.</summary>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
public abstract class ActionInvoker<TRequest>
    where TRequest : struct
{
    /// <summary>Sends the request and waits for the empty reply, or only for the sending when the method is one-way.</summary>
    /// <param name="request">The arguments; encoded before the method returns.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public abstract ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken);
}
