using System.Net.Security;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Transport;
using SourceGen.Rpc.Transport.Tls;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>
/// Connections by TLS over TCP, at addresses such as <c>tls://shop.example:5000</c>; hosts, ports and ranges are those of
/// <see cref="TcpTransport"/>. It is not among the default transports: add it with <c>UseTls</c>, or to
/// <see cref="RpcConnectionOptions.Transports"/>.
/// </summary>
/// <remarks>
/// Connecting and accepting only open the connection. The handshake is <see cref="ITlsConnection.HandshakeAsync"/>, which clients and
/// servers of this framework await under their own time limits; without it the first read or write shakes hands.
/// </remarks>
public sealed class TlsTransport : ITransport
{
    private readonly Lazy<TlsServerSettings>? _server;
    private readonly Lazy<TlsClientSettings> _client;
    private readonly TcpTransport _tcp = new();

    /// <summary>Creates a transport.</summary>
    /// <param name="options">Certificates, and what is trusted.</param>
    /// <exception cref="ArgumentException">The options for listening have no certificate.</exception>
    public TlsTransport(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SslServerAuthenticationOptions? server = options.Server ?? (options.ServerCertificate is null ? null : new());
        bool hasCertificate = options.ServerCertificate is not null
            || server?.ServerCertificate is not null
            || server?.ServerCertificateContext is not null
            || server?.ServerCertificateSelectionCallback is not null;
        if (server is not null && !hasCertificate)
        {
            throw new ArgumentException(
                $"{nameof(TlsOptions.Server)} has no certificate. Set {nameof(TlsOptions.ServerCertificate)}, or one of its own.",
                nameof(options));
        }

        ILogger logger = CreateLogger(options.LoggerFactory);
        TlsClientSettings client = new(options.Client ?? new(), options.ClientCertificate, logger);
        _client = new Lazy<TlsClientSettings>(client);
        if (server is null) return;
        TlsServerSettings settings = new(server, options.ServerCertificate, logger);
        _server = new Lazy<TlsServerSettings>(settings);
    }

    /// <summary>Creates a transport whose files are read when it first listens or connects.</summary>
    internal TlsTransport(Func<TlsServerSettings>? server, Func<TlsClientSettings> client)
    {
        // An attempt that fails is made again by the next listener or connection: the file may be there by then.
        if (server is not null) _server = new Lazy<TlsServerSettings>(server, LazyThreadSafetyMode.PublicationOnly);
        _client = new Lazy<TlsClientSettings>(client, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public string Scheme => "tls";

    /// <summary>How many connections may wait to be accepted before the system holds further ones back. Default: 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Backlog
    {
        get => _tcp.Backlog;
        init => _tcp = new TcpTransport { Backlog = value, Settings = _tcp.Settings };
    }

    /// <summary>What ALPN calls the protocol within.</summary>
    internal static SslApplicationProtocol ApplicationProtocol { get; } = new("sourcegen-rpc/1");

    internal SocketConnectionSettings Settings
    {
        get => _tcp.Settings;
        init => _tcp = new TcpTransport { Backlog = _tcp.Backlog, Settings = value };
    }

    /// <summary>Connects; the handshake follows.</summary>
    /// <param name="address">One host and one port.</param>
    /// <param name="cancellationToken">Gives up, while the name is resolved as well as while a connection is made.</param>
    /// <exception cref="FormatException">The address is not of the form <c>tls://host:port</c>.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: nobody listens there, or it cannot be reached;
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: a certificate file cannot be used.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        string host = TcpAddress.ParseForConnecting(address).Host;
        TlsClientSettings settings = _client.Value;
        ITransportConnection inner = await _tcp.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        return new TlsConnection(
            inner, TlsAddress.Of(inner.LocalAddress), address, new ClientHandshake(address, host, settings), _tcp.Settings);
    }

    /// <summary>Listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Gives up while a host name is resolved.</param>
    /// <exception cref="FormatException">The address is not of the form <c>tls://host:port</c>.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: there is no certificate, its files cannot be used, or the address does not belong to
    /// this machine; <see cref="RpcStatusCode.AlreadyExists"/>: the address is in use;
    /// <see cref="RpcStatusCode.PermissionDenied"/>: the process may not use the port.
    /// </exception>
    public async ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (_server is null)
        {
            throw new RpcException(
                RpcStatusCode.FailedPrecondition,
                $"Cannot listen at {address}: no certificate is given. Call UseTls on the server's options, or set TlsOptions.Server.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        TlsServerSettings settings = _server.Value;
        settings.CreateOptions(); // A certificate that cannot be loaded fails here, and not with the first client.
        ITransportListener inner = await _tcp.ListenAsync(address, cancellationToken).ConfigureAwait(false);
        return new TlsListener(inner, settings, _tcp.Settings);
    }

    /// <summary>Makes the logger that handshakes write to.</summary>
    internal static ILogger CreateLogger(ILoggerFactory factory) => ContainedLogger.Create(factory, TlsLog.Category);
}
