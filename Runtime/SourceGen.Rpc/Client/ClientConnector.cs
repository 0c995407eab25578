using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Client;

/// <summary>Opens connections: transport, handshake, and a clear word for whatever goes wrong.</summary>
internal sealed class ClientConnector
{
    private readonly RpcClientOptions _options;
    private readonly ITransport _transport;
    private readonly ClientServices _services;
    private readonly FilterChain _peerCallFilters;
    private readonly CredentialStore? _credentials;
    private readonly Action<RpcConnection, RpcCredential> _unauthenticated;
    private readonly ILogger _logger;

    /// <param name="address">Where the server listens.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="services">What the client offers.</param>
    /// <param name="credentials">Where its credential comes from; null for nowhere.</param>
    /// <param name="unauthenticated">
    /// Told when the server refuses a call because it does not know who makes it, with the credential of the client's that was refused.
    /// </param>
    /// <param name="logger">Where logs go.</param>
    public ClientConnector(
        RpcAddress address,
        RpcClientOptions options,
        ClientServices services,
        CredentialStore? credentials,
        Action<RpcConnection, RpcCredential> unauthenticated,
        ILogger logger)
    {
        _credentials = credentials;
        _unauthenticated = unauthenticated;
        Address = address;
        _options = options;
        _transport = new TransportRegistry(options.Transports).Get(address);
        _services = services;
        _transport.CheckAddress(address);
        _logger = logger;
        _peerCallFilters = FilterChain.Of(options.Filters);
    }

    /// <summary>Where the server listens.</summary>
    public RpcAddress Address { get; }

    /// <summary>Opens a connection within the connect timeout.</summary>
    /// <returns>The connection, not yet started.</returns>
    /// <exception cref="RpcException">It failed; nothing is left open.</exception>
    public async Task<RpcConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.ConnectTimeout);
        ITransportConnection? transport = null;
        try
        {
            transport = _options.PreferInProcess && InProcess.InProcessServers.Find(Address) is { } here
                ? await InProcessTransport.Shared.ConnectAsync(here, timeout.Token).ConfigureAwait(false)
                : await _transport.ConnectAsync(Address, timeout.Token).ConfigureAwait(false);
            await TransportHandshake.CompleteAsync(transport, _options.ConnectTimeout, timeout.Token, cancellationToken)
                .ConfigureAwait(false);
            RpcCredential? credential = await GetCredentialAsync(transport, timeout.Token).ConfigureAwait(false);
            ServiceOffers offers = _services.Freeze();
            HelloMessage hello = Handshake.CreateHello(_options) with
            {
                Codecs = [.. offers.Codecs],
                Services = offers.Services,
                Credential = credential?.Value,
                MaxConcurrentCalls = offers.Services.Length == 0 ? 0 : _options.Limits.MaxConcurrentCalls,
            };
            await Handshake.SendAsync(transport.Output, hello, timeout.Token).ConfigureAwait(false);
            HelloMessage server = await Handshake.ReceiveAsync(transport.Input, HelloMessage.MaxSize, timeout.Token).ConfigureAwait(false);
            if (credential is not null && server.Error is { Code: RpcStatusCode.Unauthenticated })
                _credentials!.Forget(credential); // The next attempt asks for another one.
            if (server.Error is { } error) throw Failed(error.Code, $"The server at {Address} refuses the connection: {error.Detail}");
            ICodec codec = _options.Codecs.FirstOrDefault(codec => codec.Name == server.Codecs[0])
                ?? throw Failed(
                    RpcStatusCode.Internal, $"The server at {Address} chose the codec '{server.Codecs[0]}', which was not offered.");
            if (server.MaxConcurrentCalls < 1)
            {
                throw Failed(RpcStatusCode.Unavailable, $"The server at {Address} accepts no calls: its hello has maxCalls = 0.");
            }

            ClientLog.Connected(_logger, transport.RemoteAddress, codec.Name, server.Agent);
            ConnectionSettings settings = ConnectionSettings.Create(_options, codec, server) with
            {
                PeerCallTimeoutMs = (int)_options.CallTimeout.TotalMilliseconds,
                PeerCallFilters = _peerCallFilters,
                Isolation = _options.Isolation,
                AllowsInsecureCredentials = _options.AllowInsecureCredentials,
                CallCredentials = _credentials is { IsPerCall: true } ? _credentials : null,
                Credential = credential,
                Unauthenticated = _credentials is null ? null : _unauthenticated,
                RenewAfter = credential is null ? null : _credentials!.RenewAfter(credential),
            };
            RpcConnection connection = new(transport, settings, offers.Get(codec.Name).Methods, _logger);
            transport = null;
            return connection;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            string what = transport is null ? "did not accept the connection" : "accepted the connection and did not introduce itself";
            throw Failed(RpcStatusCode.Unavailable, $"{Address} {what} within {_options.ConnectTimeout.TotalSeconds:0.#} s. Is it a SourceGen.Rpc server?", e);
        }
        catch (ForeignProtocolException e)
        {
            throw Failed(RpcStatusCode.Unavailable, $"What listens at {Address} is not a SourceGen.Rpc server: {e.Message}", e);
        }
        catch (Exception e) when (e is ProtocolException or IOException)
        {
            throw Failed(RpcStatusCode.Unavailable, $"Opening the connection to {Address} failed: {e.Message}", e);
        }
        finally
        {
            if (transport is not null) await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gets what goes into the hello; only now that it is known who will read it.</summary>
    private async ValueTask<RpcCredential?> GetCredentialAsync(ITransportConnection transport, CancellationToken timeout)
    {
        if (_credentials is null || _credentials.IsPerCall) return null;
        if (!_options.AllowInsecureCredentials && !ChannelPrivacy.IsPrivate(transport))
        {
            throw Failed(
                RpcStatusCode.FailedPrecondition,
                $"The connection to {Address} was not opened: {ChannelPrivacy.WhyNot(transport.RemoteAddress)}");
        }

        try
        {
            return await _credentials.GetForConnectionAsync(timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw Failed(
                RpcStatusCode.Unauthenticated,
                $"The connection to {Address} was not opened: RpcClientOptions.Credentials did not come to an end within "
                + $"{_options.ConnectTimeout.TotalSeconds:0.###} s (ConnectTimeout).",
                e);
        }
    }

    private static RpcException Failed(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };
}
