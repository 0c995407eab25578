using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.RabbitMq.Connecting;

/// <summary>Makes connections: tries one endpoint after the other, and says of each what was wrong with it.</summary>
internal sealed class RabbitMqConnector
{
    private readonly RabbitMqBrokerOptions _options;
    private readonly string _address;
    private readonly IReadOnlyList<RegistryEndpoint> _endpoints;
    private readonly TlsFiles? _files;
    private int _start;

    public RabbitMqConnector(RabbitMqBrokerOptions options, ILogger logger)
    {
        _options = options;
        _address = options.Address;
        _endpoints = options.GetEndpoints();
        _files = options.NeedsTls
            ? new TlsFiles(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, logger)
            : null;
    }

    /// <summary>Connects to the first endpoint that can be used, beginning with the one that was used last.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">None can be used; the message says of each why.</exception>
    public async Task<RabbitMqLink> ConnectAsync(CancellationToken cancellationToken)
    {
        Deadline deadline = Deadline.After(_options.ConnectTimeout);
        List<RpcException> problems = [];
        for (int i = 0; i < _endpoints.Count; i++)
        {
            int index = (_start + i) % _endpoints.Count;
            // A share of what is left: an endpoint that says nothing must not use up the others' time.
            TimeSpan share = deadline.Left / (_endpoints.Count - i);
            try
            {
                RabbitMqLink link = await ConnectAsync(_endpoints[index], share, cancellationToken).ConfigureAwait(false);
                _start = index;
                return link;
            }
            catch (RpcException e)
            {
                problems.Add(e);
            }
        }

        if (problems.Count == 1) throw problems[0];
        RpcException first = problems.Find(static problem => problem.Code != RpcStatusCode.Unavailable) ?? problems[0];
        throw new RpcException(
            first.Code, $"The broker {_address} cannot be reached. {string.Join(' ', problems.Select(static problem => problem.Message))}", first)
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    private async Task<RabbitMqLink> ConnectAsync(RegistryEndpoint endpoint, TimeSpan within, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(within);
        try
        {
            ConnectionFactory factory = new()
            {
                UserName = _options.UserName,
                Password = _options.Password,
                VirtualHost = _options.VirtualHost,
                AutomaticRecoveryEnabled = false,
                TopologyRecoveryEnabled = false,
                RequestedHeartbeat = _options.Heartbeat,
                RequestedConnectionTimeout = within,
                HandshakeContinuationTimeout = within,
                ClientProvidedName = _options.ClientName ?? AppDomain.CurrentDomain.FriendlyName,
            };
            AmqpTcpEndpoint target = new(endpoint.Host, endpoint.Port, CreateTls(endpoint.Host));
            Task<IConnection> connecting = factory.CreateConnectionAsync([target], patience.Token);
            await ((Task)connecting).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!connecting.IsCompleted)
            {
                _ = DiscardAsync(connecting);
                patience.Token.ThrowIfCancellationRequested();
            }

            IConnection connection = await connecting.ConfigureAwait(false);
            return await RabbitMqLink.CreateAsync(connection, _address, _options, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or BrokerUnreachableException && patience.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            // What the client says then is that a task was cancelled.
            throw Unreachable(
                endpoint, $"it did not answer as RabbitMQ within {within.TotalSeconds:0.###} s ({nameof(BrokerOptions.ConnectTimeout)}).", e);
        }
        // A connection that ends while it is being made does so in many ways, and none is the caller's fault.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Translate(endpoint, e);
        }
    }

    /// <summary>A client that gives up closes what it began, and waits for an answer to that, which is not waited for here.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nobody wants the connection any more.")]
    private static async Task DiscardAsync(Task<IConnection> connecting)
    {
        try
        {
            IConnection connection = await connecting.ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // That it did not answer has been reported.
        }
    }

    private SslOption CreateTls(string host) => _files is null ? new SslOption() : RabbitMqTls.CreateOption(_files.CreateOptions(host), host);

    private RpcException Translate(RegistryEndpoint endpoint, Exception error)
    {
        for (Exception? e = error; e is not null; e = e is AggregateException { InnerExceptions: [var only, ..] } ? only : e.InnerException)
        {
            switch (e)
            {
                case RabbitMQ.Client.Exceptions.AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return Refused(
                        RpcStatusCode.Unauthenticated, endpoint,
                        $"does not let the user '{_options.UserName}' in: {e.Message} Check {nameof(_options.UserName)} and {nameof(_options.Password)}.", e);
                case OperationInterruptedException { ShutdownReason: { Initiator: ShutdownInitiator.Peer } reason }:
                    return reason.ReplyCode switch
                    {
                        530 when reason.ReplyText.Contains("not found", StringComparison.Ordinal) =>
                            Unreachable(endpoint, $"it has no virtual host '{_options.VirtualHost}' ({reason.ReplyText}). Create it, or name another one.", e),
                        530 => Refused(
                            RpcStatusCode.Unauthenticated, endpoint,
                            $"does not let the user '{_options.UserName}' into the virtual host '{_options.VirtualHost}': {reason.ReplyText}", e),
                        403 => Refused(RpcStatusCode.PermissionDenied, endpoint, $"denies the user '{_options.UserName}' something: {reason.ReplyText}", e),
                        406 => Refused(
                            RpcStatusCode.FailedPrecondition, endpoint,
                            $"has the exchange '{_options.Exchange}' of another kind: {reason.ReplyText}. Name another one in {nameof(_options.Exchange)}.", e),
                        _ => Unreachable(endpoint, $"it ended the connection with code {reason.ReplyCode}: {reason.ReplyText}", e),
                    };
                case ProtocolVersionMismatchException or PacketNotRecognizedException or MalformedFrameException or SyntaxErrorException:
                    return Unreachable(endpoint, $"what answers there does not speak AMQP 0-9-1 ({e.Message}).", e);
                case SocketException socket:
                    return Unreachable(endpoint, socket.Message, e);
                case AuthenticationException:
                    return Unreachable(endpoint, $"the TLS handshake failed: {e.Message}", e);
            }
        }

        Exception innermost = error.GetBaseException();
        return innermost is IOException or OperationInterruptedException
            ? Unreachable(
                endpoint, $"what answers there ended the connection, or does not speak AMQP; is it RabbitMQ, with{(_files is null ? "out" : "")} TLS? "
                + $"({innermost.Message})", error)
            : Unreachable(endpoint, innermost.Message, error);
    }

    private RpcException Unreachable(RegistryEndpoint endpoint, string problem, Exception cause) =>
        BrokerErrors.Unreachable(NameOf(endpoint), problem, cause);

    private RpcException Refused(RpcStatusCode code, RegistryEndpoint endpoint, string problem, Exception cause) =>
        new(code, $"The broker {NameOf(endpoint)} {problem}", cause) { Progress = RpcCallProgress.NotSent };

    private string NameOf(RegistryEndpoint endpoint) =>
        _endpoints.Count == 1 ? _address : $"{(_files is null ? RabbitMqBroker.Scheme : RabbitMqBroker.TlsScheme)}://{endpoint}";
}
