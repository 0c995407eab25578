namespace SourceGen.Rpc;

/// <summary>Accepts connections at one address. Disposing it ends accepting; connections already accepted go on.</summary>
public interface ITransportListener : IAsyncDisposable
{
    /// <summary>The concrete address it listens at, with the port that was chosen when 0 or a range was asked for.</summary>
    RpcAddress LocalAddress { get; }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The connection, or null once the listener is disposed.</returns>
    ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken = default);
}
