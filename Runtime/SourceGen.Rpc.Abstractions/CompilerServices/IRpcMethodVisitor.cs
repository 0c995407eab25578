namespace SourceGen.Rpc.CompilerServices;

/// <summary>Receives a method together with its types; this is how the engine builds its typed call paths without reflection.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
public interface IRpcMethodVisitor<TService>
    where TService : class
{
    /// <summary>Visits a method with one request and one result.</summary>
    /// <param name="method">The method.</param>
    void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
        where TRequest : struct;

    /// <summary>Visits a method without a result.</summary>
    /// <param name="method">The method.</param>
    void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
        where TRequest : struct;

    /// <summary>Visits a method whose result is a stream.</summary>
    /// <param name="method">The method.</param>
    /// <exception cref="NotSupportedException">The visitor does not deal with streams, as any that does not implement this.</exception>
    void VisitServerStream<TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method)
        where TRequest : struct => throw NoStreams(method);

    /// <summary>Visits a method that takes a stream and has a result.</summary>
    /// <param name="method">The method.</param>
    /// <inheritdoc cref="VisitServerStream{TRequest, TItem}" path="/exception"/>
    void VisitClientStream<TRequest, TItem, TResponse>(ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
        where TRequest : struct => throw NoStreams(method);

    /// <summary>Visits a method that takes a stream and has no result.</summary>
    /// <param name="method">The method.</param>
    /// <inheritdoc cref="VisitServerStream{TRequest, TItem}" path="/exception"/>
    void VisitClientStreamAction<TRequest, TItem>(ClientStreamActionMethod<TService, TRequest, TItem> method)
        where TRequest : struct => throw NoStreams(method);

    /// <summary>Visits a method that takes a stream and whose result is one.</summary>
    /// <param name="method">The method.</param>
    /// <inheritdoc cref="VisitServerStream{TRequest, TItem}" path="/exception"/>
    void VisitDuplex<TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method)
        where TRequest : struct => throw NoStreams(method);

    private NotSupportedException NoStreams(RpcMethod method) =>
        new($"{method} has a stream, and {GetType().Name} does not deal with methods that have one.");
}
