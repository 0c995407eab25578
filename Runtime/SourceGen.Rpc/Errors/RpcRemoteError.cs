using System.Runtime.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>Tells exceptions that came from a peer from those of this process.</summary>
public static class RpcRemoteError
{
    private static readonly ConditionalWeakTable<Exception, RpcException> s_origins = [];

    /// <summary>Gets the answer that a declared exception arrived with: its code and message, and how far the call got.</summary>
    /// <param name="exception">An exception that a contract declares with <see cref="ThrowsAttribute{TError}">[Throws]</see>.</param>
    /// <returns>Null when the exception was not received from a peer.</returns>
    public static RpcException? GetRemoteError(this Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return s_origins.TryGetValue(exception, out RpcException? origin) ? origin : null;
    }

    internal static void Mark(Exception exception, RpcException origin) => s_origins.AddOrUpdate(exception, origin);
}
