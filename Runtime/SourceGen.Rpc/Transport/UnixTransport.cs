using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc;

/// <summary>
/// Connections over sockets of the Unix domain, between processes of one machine: <c>unix:///run/greeter.sock</c>, a path relative to
/// the working directory (<c>unix://greeter.sock</c>), or on Linux a name in the abstract namespace, without a file
/// (<c>unix://@greeter</c>). Listening at <c>unix://</c> takes a new path in the directory for temporary files.
/// </summary>
/// <remarks>
/// The file of a listener is removed when it is disposed. A file left behind by a server that died is replaced; one whose server lives
/// is an address in use. Two servers that start at the same moment at a left-behind file may both replace it; the later one stays.
/// </remarks>
public sealed class UnixTransport : ITransport
{
    private const string PathAdvice = "Stop what listens there, or choose another path.";
    private static readonly TimeSpan BacklogLimit = TimeSpan.FromSeconds(30);
    private readonly int _backlog = 512;

    /// <inheritdoc/>
    public string Scheme => "unix";

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

    internal SocketConnectionSettings Settings { get; init; } = SocketConnectionSettings.Default;

    /// <inheritdoc/>
    public void CheckAddress(RpcAddress address) => UnixAddress.ToEndPoint(address);

    /// <summary>Connects.</summary>
    /// <param name="address">Where a server listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The address names no path, or one that is too long.</exception>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: nobody listens there.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        UnixDomainSocketEndPoint endPoint = UnixAddress.ToEndPoint(address);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Open(await ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false), address);
        }
        catch (SocketException e)
        {
            // A path without a file is AddressNotAvailable, one whose server is gone ConnectionRefused.
            bool absent = e.SocketErrorCode == SocketError.AddressNotAvailable;
            string why = absent ? "there is no such socket"
                : IsBacklogFull(e) ? "the server accepts no more connections"
                : SocketErrors.Describe(e.SocketErrorCode);
            throw TransportErrors.CannotConnect(address, why, absent || e.SocketErrorCode == SocketError.ConnectionRefused, e);
        }
    }

    /// <summary>Listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The address names a path that is too long.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.AlreadyExists"/>: a server listens there, or the path is a file of another kind;
    /// <see cref="RpcStatusCode.PermissionDenied"/>: the process may not create the file;
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: the directory does not exist.
    /// </exception>
    public async ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        RpcAddress concrete = UnixAddress.MakeConcrete(address);
        UnixDomainSocketEndPoint endPoint = UnixAddress.ToEndPoint(concrete);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            Socket? socket = TryListen(endPoint);
            if (socket is null)
            {
                await RemoveStaleAsync(concrete, endPoint, cancellationToken).ConfigureAwait(false);
                socket = TryListen(endPoint)
                    ?? throw TransportErrors.InUse(concrete, "another server took the address at the same moment", PathAdvice);
            }

            return new SocketListener(socket, concrete, accepted => Open(accepted, concrete));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new RpcException(
                RpcStatusCode.FailedPrecondition, $"Cannot listen at {concrete}: the directory does not exist. Create it first.", e)
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
        catch (SocketException e)
        {
            throw TransportErrors.CannotListen(concrete, e, PathAdvice);
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static bool IsBacklogFull(SocketException e) => e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain;

    /// <summary>
    /// Removes the file that a dead server left behind; fails when a server lives there, or when the file is not a socket.
    /// </summary>
    private static async Task RemoveStaleAsync(RpcAddress address, UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        using Socket probe = NewSocket();
        try
        {
            await probe.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            string path = address.Rest;
            // Connecting to a file of any other kind is refused as well.
            if (!UnixAddress.IsSocketFile(path))
            {
                throw TransportErrors.InUse(address, "the path is a file that is not a socket", "Choose another path.", e);
            }

            File.Delete(path);
            return;
        }
        catch (SocketException e) when (IsBacklogFull(e))
        {
            throw TransportErrors.InUse(address, "the address is in use", PathAdvice, e);
        }

        throw TransportErrors.InUse(address, "the address is in use", PathAdvice);
    }

    private static async Task<Socket> ConnectAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(1);
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Socket socket = NewSocket();
            try
            {
                await SocketConnector.ConnectAsync(socket, endPoint, cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e) when (IsBacklogFull(e) && TimeProvider.System.GetElapsedTime(start) < BacklogLimit)
            {
                // TCP makes a client wait until there is room; the Unix domain turns it away at once, so the waiting is done here.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, 50));
        }
    }

    /// <summary>Listens, or returns null when the address is taken.</summary>
    private Socket? TryListen(UnixDomainSocketEndPoint endPoint)
    {
        Socket socket = NewSocket();
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A client's socket has no name of its own, so both sides are known by the address of the listener.
    private SocketConnection Open(Socket socket, RpcAddress address)
    {
        Settings.ApplyTo(socket);
        return new SocketConnection(socket, address, address, Settings);
    }
}
