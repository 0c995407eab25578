namespace SourceGen.Rpc.CompilerServices;

/// <summary>Calls one method that takes a stream and whose result is one.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TIn">The items that the caller sends.</typeparam>
/// <typeparam name="TOut">The items of the result.</typeparam>
/// <param name="service">The implementation.</param>
/// <param name="request">The ordinary arguments.</param>
/// <param name="items">The stream that the caller sends; it can be read once.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up or the connection is lost.</param>
public delegate IAsyncEnumerable<TOut> DuplexHandler<in TService, TRequest, TIn, TOut>(
    TService service, in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken);

/// <summary>A method that takes a stream and whose result is one.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TIn">The items that the caller sends.</typeparam>
/// <typeparam name="TOut">The items of the result.</typeparam>
/// <param name="name">The method's name on the wire.</param>
/// <param name="options">What the contract says about it.</param>
/// <param name="timeoutMs">See <see cref="RpcMethod.TimeoutMs"/>; here 0 is no limit, as a stream has no usual length.</param>
/// <param name="requestShape">How the ordinary arguments are serialized.</param>
/// <param name="inputShape">How an item that the caller sends is serialized.</param>
/// <param name="outputShape">How an item of the result is serialized.</param>
/// <param name="handler">Calls the method on an implementation.</param>
public sealed class DuplexMethod<TService, TRequest, TIn, TOut>(
    string name,
    RpcMethodOptions options,
    int timeoutMs,
    TypeShape<TRequest> requestShape,
    TypeShape<TIn> inputShape,
    TypeShape<TOut> outputShape,
    DuplexHandler<TService, TRequest, TIn, TOut> handler)
    : RpcMethod<TService>(name, options, timeoutMs)
    where TService : class
    where TRequest : struct
{
    /// <summary>How the ordinary arguments are serialized.</summary>
    public TypeShape<TRequest> RequestShape { get; } = requestShape;

    /// <summary>How an item that the caller sends is serialized.</summary>
    public TypeShape<TIn> InputShape { get; } = inputShape;

    /// <summary>How an item of the result is serialized.</summary>
    public TypeShape<TOut> OutputShape { get; } = outputShape;

    /// <summary>Calls the method on an implementation.</summary>
    public DuplexHandler<TService, TRequest, TIn, TOut> Handler { get; } = handler;

    internal override bool HasStream => true;

    /// <inheritdoc/>
    public override void Accept(IRpcMethodVisitor<TService> visitor) => visitor.VisitDuplex(this);
}

/// <summary>Calls one method that takes a stream and whose result is one over one channel.</summary>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TIn">The items that the caller sends.</typeparam>
/// <typeparam name="TOut">The items of the result.</typeparam>
public abstract class DuplexInvoker<TRequest, TIn, TOut>
    where TRequest : struct
{
    /// <summary>
    /// Gets the stream of results. The call is made when the stream is enumerated, once for each enumeration; leaving the enumeration
    /// early gives up the call.
    /// </summary>
    /// <param name="request">The ordinary arguments; encoded when the call is made.</param>
    /// <param name="items">What to send; enumerated off the caller's thread, once for each call.</param>
    /// <param name="cancellationToken">Gives up every call that is made by enumerating the stream.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public abstract IAsyncEnumerable<TOut> Invoke(in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken);
}
