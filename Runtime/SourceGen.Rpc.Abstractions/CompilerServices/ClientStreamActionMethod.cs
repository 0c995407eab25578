namespace SourceGen.Rpc.CompilerServices;

/// <summary>Calls one method that takes a stream and has no result.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items that the caller sends.</typeparam>
/// <param name="service">The implementation.</param>
/// <param name="request">The ordinary arguments.</param>
/// <param name="items">The stream that the caller sends; it can be read once.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up or the connection is lost.</param>
public delegate ValueTask ClientStreamActionHandler<in TService, TRequest, TItem>(
    TService service, in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken);

/// <summary>A method that takes a stream and has no result.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items that the caller sends.</typeparam>
/// <param name="name">The method's name on the wire.</param>
/// <param name="options">What the contract says about it.</param>
/// <param name="timeoutMs">See <see cref="RpcMethod.TimeoutMs"/>; here 0 is no limit, as a stream has no usual length.</param>
/// <param name="requestShape">How the ordinary arguments are serialized.</param>
/// <param name="itemShape">How an item that the caller sends is serialized.</param>
/// <param name="handler">Calls the method on an implementation.</param>
public sealed class ClientStreamActionMethod<TService, TRequest, TItem>(
    string name,
    RpcMethodOptions options,
    int timeoutMs,
    TypeShape<TRequest> requestShape,
    TypeShape<TItem> itemShape,
    ClientStreamActionHandler<TService, TRequest, TItem> handler)
    : RpcMethod<TService>(name, options, timeoutMs)
    where TService : class
    where TRequest : struct
{
    /// <summary>How the ordinary arguments are serialized.</summary>
    public TypeShape<TRequest> RequestShape { get; } = requestShape;

    /// <summary>How an item that the caller sends is serialized.</summary>
    public TypeShape<TItem> ItemShape { get; } = itemShape;

    /// <summary>Calls the method on an implementation.</summary>
    public ClientStreamActionHandler<TService, TRequest, TItem> Handler { get; } = handler;

    internal override bool HasStream => true;

    /// <inheritdoc/>
    public override void Accept(IRpcMethodVisitor<TService> visitor) => visitor.VisitClientStreamAction(this);
}

/// <summary>Calls one method that takes a stream and has no result over one channel.</summary>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items that the caller sends.</typeparam>
public abstract class ClientStreamActionInvoker<TRequest, TItem>
    where TRequest : struct
{
    /// <summary>Sends the request and the items and waits for the empty reply.</summary>
    /// <param name="request">The ordinary arguments; encoded before the method returns, unless the call has to wait.</param>
    /// <param name="items">What to send; enumerated off the caller's thread, once for each call.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    /// <exception cref="RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public abstract ValueTask InvokeAsync(in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken);
}
