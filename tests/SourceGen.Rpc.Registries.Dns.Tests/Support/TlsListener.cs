using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Tests.Support;

/// <summary>A server that takes TLS connections, and does with each what a test says: before a real server, or in its place.</summary>
internal sealed class TlsListener : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _accepted;

    /// <param name="certificates">What it shows; null for saying nothing, not even in the handshake.</param>
    /// <param name="serve">What becomes of a connection, which is closed afterwards.</param>
    public TlsListener(TestCertificates? certificates, Func<Stream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _certificate = certificates is null
            ? null
            : X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>How many connections were taken.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Whether clients must show a certificate.</summary>
    public bool WantsCertificate { get; init; }

    /// <summary>What clients showed as theirs, the last one.</summary>
    public string? ClientCertificate { get; private set; }

    /// <summary>A server that has no TLS itself, behind this one.</summary>
    public static Func<Stream, CancellationToken, Task> Before(int port) => async (stream, cancellationToken) =>
    {
        using TcpClient server = new();
        await server.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        NetworkStream behind = server.GetStream();
        await await Task.WhenAny(stream.CopyToAsync(behind, cancellationToken), behind.CopyToAsync(stream, cancellationToken));
    };

    /// <summary>A server that answers each question at once.</summary>
    public static Func<Stream, CancellationToken, Task> Answering(Func<DnsMessage, byte[]> answer) => async (stream, cancellationToken) =>
    {
        while (await ReadAsync(stream, cancellationToken) is { } query)
        {
            await stream.WriteAsync(FakeDnsServer.WithLength(answer(query)), cancellationToken);
        }
    };

    /// <summary>The next question; null when there are no more.</summary>
    public static async Task<DnsMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[2];
        if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, cancellationToken) < 2) return null;
        byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(query, cancellationToken);
        Assert.True(DnsMessage.TryRead(query, out DnsMessage? message, out string? error), error);
        return message;
    }

    /// <summary>Closes all connections, and returns when they are.</summary>
    public async Task CloseConnectionsAsync()
    {
        // Its own method, which sees one state while connections come and go.
        KeyValuePair<Socket, Task>[] all = _connections.ToArray();
        foreach (KeyValuePair<Socket, Task> one in all) one.Key.Dispose();
        foreach (KeyValuePair<Socket, Task> one in all) await one.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await CloseConnectionsAsync();
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _socket.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections[socket] = Task.Run(() => HandleAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task HandleAsync(Socket socket)
    {
        try
        {
            await using NetworkStream plain = new(socket, ownsSocket: true);
            if (_certificate is null)
            {
                await _serve(plain, _stop.Token);
                return;
            }

            await using SslStream stream = new(plain);
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = _certificate,
                    ClientCertificateRequired = WantsCertificate,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        ClientCertificate = certificate?.Subject;
                        return !WantsCertificate || certificate is not null;
                    },
                },
                _stop.Token);
            await _serve(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or AuthenticationException)
        {
            // The client has gone, or was made to.
        }
        finally
        {
            socket.Dispose();
            _connections.TryRemove(socket, out _);
        }
    }
}
