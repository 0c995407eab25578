namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// What the source generator adds to every <see cref="ServiceAttribute">[Service]</see> interface. A method that takes
/// <c>TService : class, IRpcContract&lt;TService&gt;</c> compiles only for such interfaces and finds the contract without reflection.
/// </summary>
/// <typeparam name="TSelf">The service interface itself.</typeparam>
public interface IRpcContract<TSelf>
    where TSelf : class, IRpcContract<TSelf>
{
    /// <summary>The contract of <typeparamref name="TSelf"/>; always the same instance.</summary>
    static abstract RpcContract<TSelf> Contract { get; }
}
