using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>The server's side of the handshake: from a fresh transport connection to one that calls can be served on.</summary>
internal sealed class ServerProtocol
{
    private readonly RpcServerOptions _options;
    private readonly ServiceOffers _offers;
    private readonly CallAdmission? _admission;
    private readonly RejectionCounters _rejections;
    private readonly FilterChain _peerCallFilters;
    private readonly ILogger _logger;
    private readonly AccessControl? _access;
    private int _ignoredCredential;

    /// <summary>Binds every service to every codec, so that a type a codec cannot serialize is found when the server starts.</summary>
    public ServerProtocol(
        RpcServerOptions options,
        IReadOnlyList<ServiceRegistration> services,
        ErrorPolicy errors,
        RejectionCounters rejections,
        CallCounts? counts,
        ILogger logger)
    {
        _options = options;
        _rejections = rejections;
        _admission = CallAdmission.Create(options, rejections, logger);
        _logger = logger;
        _peerCallFilters = FilterChain.Of(options.CallbackFilters);
        _access = AccessControl.Create(options, services, rejections, logger);
        _offers = new ServiceOffers(
            services, options.Codecs, errors, counts, logger, FilterChain.Of(options.Filters), options.Scopes, _access);
        if (_admission is null) return;
        foreach (string codec in _offers.Codecs) _admission.Track(_offers.Get(codec).Methods);
    }

    /// <summary>Decides which requests may run; null when all may.</summary>
    public CallAdmission? Admission => _admission;

    /// <summary>Agrees with a client on how to talk.</summary>
    /// <param name="transport">The connection as it was accepted.</param>
    /// <param name="ticket">Whether the client may stay.</param>
    /// <param name="stopping">Cancelled when the server stops.</param>
    /// <returns>The connection, not yet started; null when the client was turned away, which is logged.</returns>
    public async Task<RpcConnection?> OpenAsync(ITransportConnection transport, ConnectionTicket ticket, CancellationToken stopping)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(_options.HandshakeTimeout);
        try
        {
            if (ticket.Refusal is not null && !ticket.Politely)
            {
                // Over TLS a word would cost a whole handshake, which is what whoever floods the server wants: there it is only logged.
                if (transport is ITlsConnection) ServerLog.Refused(_logger, transport.RemoteAddress, ticket.Refusal.Detail);
                else await RefuseAsync(transport, ticket.Refusal, timeout.Token).ConfigureAwait(false);
                return null;
            }

            await TransportHandshake.CompleteAsync(transport, _options.HandshakeTimeout, timeout.Token, stopping).ConfigureAwait(false);
            HelloMessage client = await Handshake.ReceiveAsync(transport.Input, Handshake.MaxClientHello, timeout.Token)
                .ConfigureAwait(false);
            string? chosen = client.Codecs.FirstOrDefault(_offers.Has);
            if ((ticket.Refusal ?? Objection(client, chosen)) is { } objection)
            {
                await RefuseAsync(transport, objection, timeout.Token).ConfigureAwait(false);
                return null;
            }

            (ICodec codec, ServerMethod[] methods) = _offers.Get(chosen!);
            ConnectionAccess? access = null;
            if (_access is not null)
            {
                (access, ErrorMessage? stranger) = await AuthenticateAsync(
                    _access, transport, client, methods.Length, timeout.Token, stopping).ConfigureAwait(false);
                if (stranger is not null)
                {
                    _rejections.CountConnection();
                    await RefuseAsync(transport, stranger, timeout.Token).ConfigureAwait(false);
                    return null;
                }
            }
            else if (client.Credential is not null && Interlocked.Exchange(ref _ignoredCredential, 1) == 0)
            {
                AccessLog.CredentialIgnored(_logger, transport.RemoteAddress);
            }

            HelloMessage hello = Handshake.CreateHello(_options) with { Codecs = [codec.Name], Services = _offers.OfferedWith(codec.Name) };
            await Handshake.SendAsync(transport.Output, hello, timeout.Token).ConfigureAwait(false);
            ServerLog.Connected(_logger, transport.RemoteAddress, codec.Name, client.Agent);

            // What was said only for the handshake is not kept: a client may have filled its hello with it.
            ConnectionSettings settings = ConnectionSettings.Create(_options, codec, client with { Agent = "", Codecs = [], Credential = null }) with
            {
                IsAccepted = true,
                Access = access,
                Admission = _admission,
                Rejections = _rejections,
                PeerCallTimeoutMs = (int)_options.CallTimeout.TotalMilliseconds,
                PeerCallFilters = _peerCallFilters,
            };
            return new RpcConnection(transport, settings, methods, _logger);
        }
        catch (ForeignProtocolException e)
        {
            ServerLog.Refused(_logger, transport.RemoteAddress, e.Message);
            if (e.IsHttp) await Handshake.AnswerHttpAsync(transport.Output, timeout.Token).ConfigureAwait(false);
            else if (e.IsTls) await transport.Output.WriteAsync(Handshake.Refuse(RpcStatusCode.Unavailable, e.Message), timeout.Token).ConfigureAwait(false);
        }
        catch (ProtocolException e)
        {
            ServerLog.Refused(_logger, transport.RemoteAddress, e.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            ServerLog.Refused(_logger, transport.RemoteAddress, $"It did not introduce itself within {_options.HandshakeTimeout}.");
        }

        return null;
    }

    /// <summary>Finds out who the client is, within what is left of the time for the handshake.</summary>
    /// <returns>What is known of it, or why it is refused.</returns>
    private async Task<(ConnectionAccess? Access, ErrorMessage? Refusal)> AuthenticateAsync(
        AccessControl control,
        ITransportConnection transport,
        HelloMessage client,
        int methodCount,
        CancellationToken timeout,
        CancellationToken stopping)
    {
        X509Certificate2? certificate = (transport as ITlsConnection)?.RemoteCertificate;
        AuthenticationOutcome outcome = await control.AuthenticateAsync(
            transport.RemoteAddress,
            client.Credential,
            certificate,
            connectionUser: null,
            isCall: false,
            Timeout.InfiniteTimeSpan,
            timeout).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        if (timeout.IsCancellationRequested)
            throw new ProtocolException($"It could not be judged who it is within {_options.HandshakeTimeout}.");
        if (outcome.Refusal is not null) return (null, outcome.Refusal);
        if (outcome.Result is null && control.RequiresAuthenticatedConnections) return (null, AccessErrors.ConnectionNotAuthenticated);
        ConnectionAccess access = new(
            control,
            transport.RemoteAddress,
            certificate,
            outcome.Result,
            sentCredential: client.Credential is not null,
            methodCount,
            _options.Limits.MaxReassemblySize);
        return (access, null);
    }

    /// <summary>Why the server cannot talk to this client, or null.</summary>
    private ErrorMessage? Objection(HelloMessage client, string? codec)
    {
        if (codec is null)
        {
            string reason = $"The client offers the codecs {string.Join(", ", client.Codecs)}; this server has {string.Join(", ", _offers.Codecs)}.";
            return new ErrorMessage(RpcStatusCode.Unimplemented, reason, Refused: true);
        }

        if (client.Services.Count > ClientServices.MaxCount)
        {
            return new ErrorMessage(
                RpcStatusCode.ResourceExhausted,
                $"The client offers {client.Services.Count:N0} services; "
                + $"a server takes at most {ClientServices.MaxCount:N0} of one client.",
                Refused: true);
        }

        return client.Services.Count > 0 && client.MaxConcurrentCalls < 1
            ? new ErrorMessage(RpcStatusCode.InvalidArgument, "The client offers services and accepts no calls: its hello has maxCalls = 0.", Refused: true)
            : null;
    }

    private async Task RefuseAsync(ITransportConnection transport, ErrorMessage reason, CancellationToken cancellationToken)
    {
        ServerLog.Refused(_logger, transport.RemoteAddress, reason.Detail);
        HelloMessage refusal = Handshake.CreateHello(_options) with { Error = reason };
        await Handshake.SendAsync(transport.Output, refusal, cancellationToken).ConfigureAwait(false);
    }
}
