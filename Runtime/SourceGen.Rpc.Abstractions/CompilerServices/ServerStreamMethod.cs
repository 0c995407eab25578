namespace SourceGen.Rpc.CompilerServices;

/// <summary>Calls one method whose result is a stream.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items of the result.</typeparam>
/// <param name="service">The implementation.</param>
/// <param name="request">The ordinary arguments.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up or the connection is lost.</param>
public delegate IAsyncEnumerable<TItem> ServerStreamHandler<in TService, TRequest, TItem>(
    TService service, in TRequest request, CancellationToken cancellationToken);

/// <summary>A method whose result is a stream.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items of the result.</typeparam>
/// <param name="name">The method's name on the wire.</param>
/// <param name="options">What the contract says about it.</param>
/// <param name="timeoutMs">See <see cref="RpcMethod.TimeoutMs"/>; here 0 is no limit, as a stream has no usual length.</param>
/// <param name="requestShape">How the ordinary arguments are serialized.</param>
/// <param name="itemShape">How an item of the result is serialized.</param>
/// <param name="handler">Calls the method on an implementation.</param>
public sealed class ServerStreamMethod<TService, TRequest, TItem>(
    string name,
    RpcMethodOptions options,
    int timeoutMs,
    TypeShape<TRequest> requestShape,
    TypeShape<TItem> itemShape,
    ServerStreamHandler<TService, TRequest, TItem> handler)
    : RpcMethod<TService>(name, options, timeoutMs)
    where TService : class
    where TRequest : struct
{
    /// <summary>How the ordinary arguments are serialized.</summary>
    public TypeShape<TRequest> RequestShape { get; } = requestShape;

    /// <summary>How an item of the result is serialized.</summary>
    public TypeShape<TItem> ItemShape { get; } = itemShape;

    /// <summary>Calls the method on an implementation.</summary>
    public ServerStreamHandler<TService, TRequest, TItem> Handler { get; } = handler;

    internal override bool HasStream => true;

    /// <inheritdoc/>
    public override void Accept(IRpcMethodVisitor<TService> visitor) => visitor.VisitServerStream(this);
}

/// <summary>Calls one method whose result is a stream over one channel.</summary>
/// <typeparam name="TRequest">The generated struct that holds the ordinary arguments.</typeparam>
/// <typeparam name="TItem">The items of the result.</typeparam>
public abstract class ServerStreamInvoker<TRequest, TItem>
    where TRequest : struct
{
    /// <summary>
    /// Gets the stream of results. The call is made when the stream is enumerated, once for each enumeration; leaving the enumeration
    /// early gives up the call.
    /// </summary>
    /// <param name="request">The ordinary arguments; encoded when the call is made.</param>
    /// <param name="cancellationToken">Gives up every call that is made by enumerating the stream.</param>
    public abstract IAsyncEnumerable<TItem> Invoke(in TRequest request, CancellationToken cancellationToken);
}
