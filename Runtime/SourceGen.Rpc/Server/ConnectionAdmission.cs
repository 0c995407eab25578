using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>Counts a server's connections, from the moment they are accepted, and decides which of them may stay.</summary>
internal sealed class ConnectionAdmission(RpcServerOptions options, RejectionCounters rejections)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _open;
    private int _inHandshake;

    /// <summary>Connections that were let in and have not ended.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Notes a connection that was accepted.</summary>
    /// <param name="remote">Where it comes from.</param>
    /// <returns>Whether it may stay; to be disposed of when the connection has ended.</returns>
    public ConnectionTicket Enter(RpcAddress remote)
    {
        IPAddress? source = options.MaxConnectionsPerAddress is null ? null : SourceOf(remote);
        lock (_gate)
        {
            int inHandshake = ++_inHandshake;

            // Whoever is refused is heard first, because closing unread would lose the answer; unless that is what is running short.
            bool politely = inHandshake <= Math.Max(1, options.MaxConnectionsInHandshake / 2);
            if (Objection(source, inHandshake) is { } objection)
            {
                rejections.CountConnection();
                return new ConnectionTicket(
                    this, null, new ErrorMessage(RpcStatusCode.ResourceExhausted, objection, Refused: true), politely);
            }

            _open++;
            if (source is not null) _byAddress[source] = _byAddress.GetValueOrDefault(source) + 1;
            return new ConnectionTicket(this, source, refusal: null, politely);
        }
    }

    /// <summary>A connection has introduced itself, or will not any more.</summary>
    internal void EndHandshake()
    {
        lock (_gate) _inHandshake--;
    }

    /// <summary>A connection that was let in has ended.</summary>
    internal void Leave(IPAddress? source)
    {
        lock (_gate)
        {
            _open--;
            if (source is null) return;
            int left = _byAddress[source] - 1;
            if (left == 0) _byAddress.Remove(source);
            else _byAddress[source] = left;
        }
    }

    /// <summary>
    /// Where a connection comes from; null when it is not from the network. One host usually has a whole /64 of IPv6 addresses, which
    /// therefore count as one.
    /// </summary>
    private static IPAddress? SourceOf(RpcAddress remote)
    {
        if (!IPEndPoint.TryParse(remote.Rest, out IPEndPoint? endPoint)) return null;
        if (endPoint.AddressFamily != AddressFamily.InterNetworkV6) return endPoint.Address;
        byte[] bytes = endPoint.Address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private string? Objection(IPAddress? source, int inHandshake)
    {
        if (inHandshake > options.MaxConnectionsInHandshake)
        {
            return $"The server has {options.MaxConnectionsInHandshake:N0} connections that have not introduced themselves "
                + "(MaxConnectionsInHandshake). Try again later.";
        }

        if (_open >= options.MaxConnections)
        {
            return $"The server has {options.MaxConnections:N0} connections already (MaxConnections). Try again later, or elsewhere.";
        }

        return source is not null && _byAddress.GetValueOrDefault(source) >= options.MaxConnectionsPerAddress
            ? $"The server has {options.MaxConnectionsPerAddress:N0} connections from {source} already (MaxConnectionsPerAddress). "
                + "Close one, or share one: a client serves a whole process."
            : null;
    }
}
