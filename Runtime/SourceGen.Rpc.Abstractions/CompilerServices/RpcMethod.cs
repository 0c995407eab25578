namespace SourceGen.Rpc.CompilerServices;

/// <summary>One method of a contract, without its types.</summary>
public abstract class RpcMethod
{
    private RpcContract? _contract;

    private protected RpcMethod(string name, RpcMethodOptions options, int timeoutMs)
    {
        Name = name;
        Options = options;
        TimeoutMs = timeoutMs;
    }

    /// <summary>The method's name on the wire.</summary>
    public string Name { get; }

    /// <summary>What the contract says about the method.</summary>
    public RpcMethodOptions Options { get; }

    /// <summary>The contract's own time limit in milliseconds; 0 takes the client's default, -1 is no limit.</summary>
    public int TimeoutMs { get; }

    /// <summary>
    /// The errors that the method declares with <see cref="ThrowsAttribute{TError}">[Throws]</see>: a derived type stands before its base.
    /// </summary>
    public IReadOnlyList<RpcErrorType> Errors { get; init; } = [];

    /// <summary>
    /// What the contract asks of callers (<see cref="RequireAuthorizationAttribute">[RequireAuthorization]</see>), all of it; empty when it
    /// does not say.
    /// </summary>
    public IReadOnlyList<RpcAuthorization> Authorization { get; init; } = [];

    /// <summary>Whether the contract lets everybody call it (<see cref="AllowAnonymousAttribute">[AllowAnonymous]</see>).</summary>
    public bool AllowsAnonymous { get; init; }

    /// <summary>How the contract has calls made (<see cref="CallPolicyAttribute">[CallPolicy]</see>); null when it does not say.</summary>
    public RpcCallPolicy? Policy { get; init; }

    /// <summary>The contract the method belongs to.</summary>
    public RpcContract Contract => _contract ?? throw new InvalidOperationException($"Method '{Name}' is not part of a contract.");

    /// <summary>The method's number within its contract.</summary>
    public int Index { get; private set; }

    /// <summary>Service or topic and method, as errors and logs name it: <c>Shop.Greeter/Hello</c>.</summary>
    public string FullName { get; private set; } = "";

    /// <summary>The topic that the event is published to, <c>orders.Placed</c>; empty for a method that is no event.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>Whether the method takes or gives a stream.</summary>
    internal virtual bool HasStream => false;

    /// <summary>Whether the method has a result whose type has no null. Of references it is not known, as annotations do not last.</summary>
    internal virtual bool NeedsResult => false;

    /// <summary>The full name.</summary>
    public override string ToString() => FullName;

    internal void Attach(RpcContract contract, int index)
    {
        _contract = contract;
        Index = index;
        FullName = $"{contract.Name}/{Name}";
        if ((Options & RpcMethodOptions.Event) != 0) Topic = $"{contract.Name}.{Name}";
    }
}

/// <summary>One method of the service <typeparamref name="TService"/>; a visitor recovers its other types.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
public abstract class RpcMethod<TService> : RpcMethod
    where TService : class
{
    private protected RpcMethod(string name, RpcMethodOptions options, int timeoutMs)
        : base(name, options, timeoutMs)
    {
    }

    /// <summary>Calls the visitor's method for this shape of call, with its types.</summary>
    /// <param name="visitor">Who wants to know.</param>
    public abstract void Accept(IRpcMethodVisitor<TService> visitor);
}
