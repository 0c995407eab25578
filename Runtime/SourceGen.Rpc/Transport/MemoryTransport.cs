using System.Collections.Concurrent;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc;

/// <summary>
/// Connections within the process, at addresses such as <c>memory://greeter</c>: the same bytes as over a socket, in bounded queues.
/// Names are known to one instance; <see cref="Shared"/> is the one that the address scheme stands for. Listening at <c>memory://</c>
/// takes a new name.
/// </summary>
public sealed class MemoryTransport : ITransport
{
    private readonly ConcurrentDictionary<string, MemoryListener> _listeners = new(StringComparer.Ordinal);
    private readonly int _backlog = 512;
    private int _lastName;

    /// <summary>The instance that the whole process shares.</summary>
    public static MemoryTransport Shared { get; } = new();

    /// <inheritdoc/>
    public string Scheme => "memory";

    /// <summary>How many connections may wait to be accepted before further ones have to wait to connect. Default: 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Backlog
    {
        get => _backlog;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _backlog = value;
        }
    }

    internal SegmentPool Pool { get; init; } = SegmentPool.Shared;

    /// <summary>Connects.</summary>
    /// <param name="address">Where a listener of this instance listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The address has no name.</exception>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: nobody listens there.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Rest.Length == 0)
        {
            throw new FormatException(
                $"'{address}' is not a memory address: the name is missing. Write memory://name, or take the listener's LocalAddress.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_listeners.TryGetValue(address.Rest, out MemoryListener? listener))
        {
            (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(address, Pool);
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
            RpcAddress concrete = chooseName ? RpcAddress.Create("memory", $"listener-{Interlocked.Increment(ref _lastName)}") : address;
            var listener = new MemoryListener(concrete, Backlog, Forget);
            if (_listeners.TryAdd(concrete.Rest, listener)) return new ValueTask<ITransportListener>(listener);
            if (!chooseName)
            {
                throw TransportErrors.InUse(
                    concrete, "the address is in use", "Stop what listens there, or choose another name; memory:// takes a new one.");
            }
        }
    }

    private void Forget(MemoryListener listener) =>
        _listeners.TryRemove(new KeyValuePair<string, MemoryListener>(listener.LocalAddress.Rest, listener));
}
