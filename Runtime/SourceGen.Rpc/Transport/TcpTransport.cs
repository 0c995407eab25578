using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc;

/// <summary>
/// Connections over TCP, at addresses such as <c>tcp://127.0.0.1:5000</c>, <c>tcp://[::1]:5000</c> or <c>tcp://shop.example:5000</c>.
/// Listeners also take port 0 (a free port), a port range (<c>tcp://127.0.0.1:5000-5010</c>, its first free port), and <c>*</c> or
/// <c>[::]</c> as the host for every address of the machine, IPv6 and IPv4; <c>0.0.0.0</c> is every IPv4 address.
/// </summary>
public sealed class TcpTransport : ITransport
{
    private const string PortAdvice = "Stop what listens there, or choose another port; port 0 takes a free one.";
    private readonly int _backlog = 512;

    /// <inheritdoc/>
    public string Scheme => "tcp";

    /// <summary>How many connections may wait to be accepted before the system holds further ones back. Default: 512.</summary>
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

    internal SocketConnectionSettings Settings { get; init; } = SocketConnectionSettings.Default;

    /// <inheritdoc/>
    public void CheckAddress(RpcAddress address) => TcpAddress.ParseForConnecting(address);

    /// <summary>Connects. A host name's addresses are tried one after the other, in the resolver's order.</summary>
    /// <param name="address">One host and one port.</param>
    /// <param name="cancellationToken">Gives up, while the name is resolved as well as while a connection is made.</param>
    /// <exception cref="FormatException">The address is not of the form <c>tcp://host:port</c>.</exception>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: nobody listens there, or it cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        TcpAddress target = TcpAddress.ParseForConnecting(address);
        cancellationToken.ThrowIfCancellationRequested();
        IPAddress[] candidates = await ResolveAsync(target, e => CannotResolve(address, e), cancellationToken).ConfigureAwait(false);
        var failures = new List<(IPAddress Address, SocketException Error)>();
        foreach (IPAddress candidate in candidates)
        {
            try
            {
                Socket socket = await ConnectAsync(new IPEndPoint(candidate, target.FirstPort), cancellationToken).ConfigureAwait(false);
                return new SocketConnection(socket, TcpAddress.FromEndPoint(socket.LocalEndPoint), address, Settings);
            }
            catch (SocketException e)
            {
                failures.Add((candidate, e));
            }
        }

        throw CannotConnect(address, failures);
    }

    /// <summary>Listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Gives up while a host name is resolved.</param>
    /// <exception cref="FormatException">The address is not of the form <c>tcp://host:port</c>.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.AlreadyExists"/>: the address, or every port of the range, is in use;
    /// <see cref="RpcStatusCode.PermissionDenied"/>: the process may not use the port;
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: the address does not belong to this machine.
    /// </exception>
    public async ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        TcpAddress target = TcpAddress.ParseForListening(address);
        cancellationToken.ThrowIfCancellationRequested();
        IPAddress host = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (!target.IsAnyHost)
        {
            RpcException CannotResolve(SocketException e) => TransportErrors.CannotListen(address, e, PortAdvice);
            host = (await ResolveAsync(target, CannotResolve, cancellationToken).ConfigureAwait(false))[0];
        }

        for (int port = target.FirstPort; ; port++)
        {
            try
            {
                Socket socket = Listen(new IPEndPoint(host, port));
                return new SocketListener(socket, TcpAddress.FromEndPoint(socket.LocalEndPoint), Open);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && target.FirstPort != target.LastPort)
            {
                if (port == target.LastPort) throw TransportErrors.InUse(address, "every port of the range is in use", PortAdvice, e);
            }
            catch (SocketException e)
            {
                throw TransportErrors.CannotListen(address, e, PortAdvice);
            }
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(
        TcpAddress target, Func<SocketException, RpcException> onFailure, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(target.Host, out IPAddress? literal)) return [literal];
        try
        {
            // WaitAsync because the system's resolver cannot be interrupted: it finishes behind our back.
            IPAddress[] addresses =
                await Dns.GetHostAddressesAsync(target.Host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
        }
        catch (SocketException e)
        {
            throw onFailure(e);
        }
    }

    private static RpcException CannotResolve(RpcAddress address, SocketException error) =>
        TransportErrors.CannotConnect(address, SocketErrors.Describe(error.SocketErrorCode), refused: false, error);

    private static RpcException CannotConnect(RpcAddress address, List<(IPAddress Address, SocketException Error)> failures)
    {
        bool refused = failures.TrueForAll(f => f.Error.SocketErrorCode == SocketError.ConnectionRefused);
        string why = failures.Count == 1
            ? SocketErrors.Describe(failures[0].Error.SocketErrorCode)
            : string.Join(", ", failures.Select(f => $"{SocketErrors.Describe(f.Error.SocketErrorCode)} at {f.Address}"));
        return TransportErrors.CannotConnect(address, why, refused, failures[^1].Error);
    }

    private async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Configure(socket);
            await SocketConnector.ConnectAsync(socket, endPoint, cancellationToken).ConfigureAwait(false);

            // Connecting to a free port of this machine can meet itself: the kernel picks that very port as the local one (simultaneous
            // open).
            return socket.LocalEndPoint!.Equals(socket.RemoteEndPoint)
                ? throw new SocketException((int)SocketError.ConnectionRefused)
                : socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SocketConnection Open(Socket socket)
    {
        Configure(socket);
        return new SocketConnection(
            socket, TcpAddress.FromEndPoint(socket.LocalEndPoint), TcpAddress.FromEndPoint(socket.RemoteEndPoint), Settings);
    }

    private void Configure(Socket socket)
    {
        socket.NoDelay = true;
        Settings.ApplyTo(socket);
    }
}
