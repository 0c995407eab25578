using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>What a handler knows of the call it serves.</summary>
public sealed class RpcContext
{
    private static readonly AsyncLocal<RpcContext?> s_current = new();

    internal RpcContext(RpcPeer caller) => Caller = caller;

    /// <summary>The context of the call that this code serves; null outside of a handler, and when the caller offers no services.</summary>
    public static RpcContext? Current => s_current.Value;

    /// <summary>Who made the call.</summary>
    public RpcPeer Caller { get; }

    /// <summary>
    /// Gets a service of the caller's: an object whose methods call back over the connection that the call came in on. It may be kept
    /// and used after the handler has ended, as long as that connection lives (<see cref="RpcPeer.Closed"/>).
    /// </summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface that the caller offers.</typeparam>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: this is no handler, or the caller offers no services;
    /// <see cref="RpcStatusCode.Unimplemented"/>: the caller offers others.
    /// </exception>
    public static TService GetCaller<TService>()
        where TService : class, IRpcContract<TService>
    {
        RpcContext context = Current ?? throw new RpcException(
            RpcStatusCode.FailedPrecondition,
            $"There is no caller that offers {TService.Contract.Name}: either this code does not run in a handler, or the caller is a client "
            + "that offers no services. A client offers one with AddService before it connects.");
        return context.Caller.Get<TService>();
    }

    /// <summary>Makes a connection's peer the caller, for the handler that this thread is about to begin.</summary>
    internal static void Enter(RpcConnection connection) => s_current.Value = connection.Caller.Context;
}
