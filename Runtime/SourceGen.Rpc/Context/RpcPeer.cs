using System.Collections.Concurrent;
using System.Security.Claims;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>
/// The other end of an open connection, as somebody to call: the client that a server's handler serves, or the server that calls a client
/// back. It can be kept after the handler has ended. When the connection is lost it is of no use any more: only the side that opened the
/// connection can open another, whose peer is a new one.
/// </summary>
public sealed class RpcPeer
{
    private readonly RpcConnection _connection;
    private readonly PeerChannel _channel;
    private readonly ConcurrentDictionary<RpcContract, object> _proxies = new();
    private readonly Lazy<CancellationTokenSource> _closed;

    internal RpcPeer(RpcConnection connection)
    {
        _connection = connection;
        _channel = new PeerChannel(connection);
        _closed = new Lazy<CancellationTokenSource>(Watch);
    }

    /// <summary>The peer's address.</summary>
    public RpcAddress Address => _connection.RemoteAddress;

    /// <summary>Whether calls can be made: the connection is open, and the peer has not said that it leaves.</summary>
    public bool IsConnected => _connection.IsUsable;

    /// <summary>
    /// Who opened the connection, by the credential of its hello or by a client certificate; null when that was not established. Who makes
    /// a call is <see cref="RpcContext.User"/>.
    /// </summary>
    public ClaimsPrincipal? User => _connection.Access?.User;

    /// <summary>
    /// Cancelled when no more calls can be made, because the connection is closed or the peer has said that it leaves. Callbacks run on the
    /// thread pool.
    /// </summary>
    public CancellationToken Closed => _closed.Value.Token;

    /// <summary>Gets a service of the peer's; the same object each time.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface that the peer offers.</typeparam>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unimplemented"/>: the peer does not offer it; the message says what it offers.
    /// </exception>
    public TService Get<TService>()
        where TService : class, IRpcContract<TService>
    {
        RpcContract<TService> contract = TService.Contract;
        if (_proxies.TryGetValue(contract, out object? proxy)) return (TService)proxy;
        _connection.Contracts.Find(contract);
        return (TService)_proxies.GetOrAdd(contract, contract.CreateProxy(_channel));
    }

    private CancellationTokenSource Watch()
    {
        CancellationTokenSource source = new();
        _connection.CancelWhenLeaving(source);
        return source;
    }
}
