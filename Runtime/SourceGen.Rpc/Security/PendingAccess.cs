using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Security;

/// <summary>The question whether a call may run, still to be asked.</summary>
/// <param name="access">Who decides.</param>
/// <param name="method">What is called.</param>
/// <param name="number">Its number.</param>
/// <param name="headers">The call's headers, or null.</param>
internal sealed class PendingAccess(ConnectionAccess access, ServerMethod method, int number, RpcHeaders? headers)
{
    /// <summary>Who decides.</summary>
    public ConnectionAccess Access => access;

    /// <summary>What is called.</summary>
    public ServerMethod Method => method;

    /// <summary>Asks.</summary>
    /// <exception cref="OperationCanceledException">The call was given up.</exception>
    public ValueTask<AccessVerdict> DecideAsync(CancellationToken cancellationToken) =>
        access.DecideAsync(method, number, headers, cancellationToken);
}
