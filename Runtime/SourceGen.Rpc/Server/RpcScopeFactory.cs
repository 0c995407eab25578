namespace SourceGen.Rpc.Server;

/// <summary>
/// Makes the scopes that calls with filters take their services from: <see cref="RpcFilterCall.Services"/>, and the implementation if it is
/// not shared. SourceGen.Rpc.Hosting provides one.
/// </summary>
public abstract class RpcScopeFactory
{
    /// <summary>Creates the scope of one call.</summary>
    /// <param name="lease">What to dispose of when the call is over, or null.</param>
    public abstract IServiceProvider CreateScope(out IAsyncDisposable? lease);
}
