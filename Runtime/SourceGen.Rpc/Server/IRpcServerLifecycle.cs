namespace SourceGen.Rpc;

/// <summary>
/// What a program does when a server starts and stops: fill a cache before it is found, close a database when the last call is over. Added to
/// <see cref="RpcServerOptions.Lifecycle"/>. Each method does nothing unless it is implemented.
/// </summary>
/// <remarks>
/// Starting runs in the order in which they were added, stopping in the reverse order. What throws while the server starts fails the start,
/// and everything is undone; what throws while it stops is logged, and the server stops all the same. While it stops, each method has
/// <see cref="RpcServerOptions.HookTimeout"/>.
/// </remarks>
public interface IRpcServerLifecycle
{
    /// <summary>The server is about to start: it does not listen yet.</summary>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    ValueTask StartingAsync(RpcServer server, CancellationToken cancellationToken) => default;

    /// <summary>The server listens, serves, and is in its registry.</summary>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    ValueTask StartedAsync(RpcServer server, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The server is about to stop: it says that it is not ready, and still serves. Also when a start is undone for which
    /// <see cref="StartedAsync"/> had run.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Cancelled when the time for it is over.</param>
    ValueTask StoppingAsync(RpcServer server, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The server has stopped: no call runs any more, or none that could be ended. Also when a start is undone for which
    /// <see cref="StartingAsync"/> had run.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Cancelled when the time for it is over.</param>
    ValueTask StoppedAsync(RpcServer server, CancellationToken cancellationToken) => default;
}
