namespace SourceGen.Rpc.CompilerServices;

/// <summary>Calls one method of a service with the arguments of a request.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <typeparam name="TResponse">The result.</typeparam>
/// <param name="service">The implementation.</param>
/// <param name="request">The arguments.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up or the connection is lost.</param>
public delegate ValueTask<TResponse> UnaryHandler<in TService, TRequest, TResponse>(
    TService service, in TRequest request, CancellationToken cancellationToken);

/// <summary>A method with one request and one result.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <typeparam name="TResponse">The result.</typeparam>
/// <param name="name">The method's name on the wire.</param>
/// <param name="options">What the contract says about it.</param>
/// <param name="timeoutMs">See <see cref="RpcMethod.TimeoutMs"/>.</param>
/// <param name="requestShape">How the arguments are serialized.</param>
/// <param name="responseShape">How the result is serialized.</param>
/// <param name="handler">Calls the method on an implementation.</param>
public sealed class UnaryMethod<TService, TRequest, TResponse>(
    string name,
    RpcMethodOptions options,
    int timeoutMs,
    TypeShape<TRequest> requestShape,
    TypeShape<TResponse> responseShape,
    UnaryHandler<TService, TRequest, TResponse> handler)
    : RpcMethod<TService>(name, options, timeoutMs)
    where TService : class
    where TRequest : struct
{
    /// <summary>How the arguments are serialized.</summary>
    public TypeShape<TRequest> RequestShape { get; } = requestShape;

    /// <summary>How the result is serialized.</summary>
    public TypeShape<TResponse> ResponseShape { get; } = responseShape;

    /// <summary>Calls the method on an implementation.</summary>
    public UnaryHandler<TService, TRequest, TResponse> Handler { get; } = handler;

    internal override bool NeedsResult => default(TResponse) is not null;

    /// <inheritdoc/>
    public override void Accept(IRpcMethodVisitor<TService> visitor) => visitor.VisitUnary(this);
}
