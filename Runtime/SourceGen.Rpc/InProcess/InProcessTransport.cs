using System.Collections.Concurrent;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc;

/// <summary>
/// Connections to servers of the same process, at addresses such as <c>inproc://greeter</c>. A connection is one of the memory transport's,
/// and its two ends know each other, so that calls can go from one to the other without becoming bytes
/// (<see cref="RpcClientOptions.Isolation"/>). Listening at <c>inproc://</c> takes a new name.
/// </summary>
public sealed class InProcessTransport : ITransport
{
    internal const string SchemeName = "inproc";

    private const int Backlog = 512;

    private readonly ConcurrentDictionary<string, MemoryListener> _listeners = new(StringComparer.Ordinal);
    private int _lastName;

    private InProcessTransport()
    {
    }

    /// <summary>The one of the process.</summary>
    public static InProcessTransport Shared { get; } = new();

    /// <inheritdoc/>
    public string Scheme => SchemeName;

    /// <summary>Connects.</summary>
    /// <param name="address">Where a server of this process listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The address has no name.</exception>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: nobody listens there.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Rest.Length == 0)
            throw new FormatException($"'{address}' names no server; write inproc://name, or take the server's own address.");
        cancellationToken.ThrowIfCancellationRequested();
        if (_listeners.TryGetValue(address.Rest, out MemoryListener? listener))
        {
            (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(address, SegmentPool.Shared);
            client.Link = server.Link = new InProcessLink();
            if (await listener.TryOfferAsync(server, cancellationToken).ConfigureAwait(false)) return client;
        }

        throw TransportErrors.CannotConnect(address, "connection refused, because nothing in this process listens there", refused: true);
    }

    /// <summary>Listens.</summary>
    /// <param name="address">A name, or none for a new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.AlreadyExists"/>: the name is in use.</exception>
    public ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ITransportListener>(cancellationToken);
        bool chooseName = address.Rest.Length == 0;
        while (true)
        {
            RpcAddress concrete = chooseName ? RpcAddress.Create(SchemeName, $"server-{Interlocked.Increment(ref _lastName)}") : address;
            MemoryListener listener = new(concrete, Backlog, Forget);
            if (_listeners.TryAdd(concrete.Rest, listener)) return new ValueTask<ITransportListener>(listener);
            if (!chooseName)
            {
                throw TransportErrors.InUse(
                    concrete, "the address is in use", "Stop what listens there, or choose another name; inproc:// takes a new one.");
            }
        }
    }

    private void Forget(MemoryListener listener) =>
        _listeners.TryRemove(new KeyValuePair<string, MemoryListener>(listener.LocalAddress.Rest, listener));
}
