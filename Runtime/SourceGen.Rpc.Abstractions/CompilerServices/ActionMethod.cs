namespace SourceGen.Rpc.CompilerServices;

/// <summary>Calls one method without a result with the arguments of a request.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <param name="service">The implementation.</param>
/// <param name="request">The arguments.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up or the connection is lost.</param>
public delegate ValueTask ActionHandler<in TService, TRequest>(
    TService service, in TRequest request, CancellationToken cancellationToken);

/// <summary>A method that returns <see cref="ValueTask"/> or <see cref="Task"/>: an empty reply, or none when it is one-way.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
/// <param name="name">The method's name on the wire.</param>
/// <param name="options">What the contract says about it.</param>
/// <param name="timeoutMs">See <see cref="RpcMethod.TimeoutMs"/>.</param>
/// <param name="requestShape">How the arguments are serialized.</param>
/// <param name="handler">Calls the method on an implementation.</param>
public sealed class ActionMethod<TService, TRequest>(
    string name,
    RpcMethodOptions options,
    int timeoutMs,
    TypeShape<TRequest> requestShape,
    ActionHandler<TService, TRequest> handler)
    : RpcMethod<TService>(name, options, timeoutMs)
    where TService : class
    where TRequest : struct
{
    /// <summary>How the arguments are serialized.</summary>
    public TypeShape<TRequest> RequestShape { get; } = requestShape;

    /// <summary>Calls the method on an implementation.</summary>
    public ActionHandler<TService, TRequest> Handler { get; } = handler;

    /// <inheritdoc/>
    public override void Accept(IRpcMethodVisitor<TService> visitor) => visitor.VisitAction(this);
}
