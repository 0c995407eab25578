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
    void VisitServerStream<TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method)
        where TRequest : struct;

    /// <summary>Visits a method that takes a stream and has a result.</summary>
    /// <param name="method">The method.</param>
    void VisitClientStream<TRequest, TItem, TResponse>(ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
        where TRequest : struct;

    /// <summary>Visits a method that takes a stream and has no result.</summary>
    /// <param name="method">The method.</param>
    void VisitClientStreamAction<TRequest, TItem>(ClientStreamActionMethod<TService, TRequest, TItem> method)
        where TRequest : struct;

    /// <summary>Visits a method that takes a stream and whose result is one.</summary>
    /// <param name="method">The method.</param>
    void VisitDuplex<TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method)
        where TRequest : struct;
}
