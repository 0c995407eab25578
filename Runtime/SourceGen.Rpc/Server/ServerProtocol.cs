using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>The server's side of the handshake: from a fresh transport connection to one that calls can be served on.</summary>
internal sealed class ServerProtocol
{
    private readonly RpcServerOptions _options;
    private readonly OfferedService[] _offered;
    private readonly Dictionary<string, (ICodec Codec, ServerMethod[] Methods)> _byCodec = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    /// <summary>Binds every service to every codec, so that a type a codec cannot serialize is found when the server starts.</summary>
    public ServerProtocol(RpcServerOptions options, IReadOnlyList<ServiceRegistration> services, ErrorPolicy errors, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _offered = Offer(services);
        FilterChain filters = FilterChain.Of(options.Filters);
        filters.CheckMethodNames([.. services.Select(static service => service.Contract)]);
        foreach (ICodec codec in options.Codecs)
        {
            ServerMethod[] methods = [.. services.SelectMany(service => service.Bind(codec, errors, filters, options.Scopes))];
            if (!_byCodec.TryAdd(codec.Name, (codec, methods))) throw new ArgumentException($"Two codecs have the name '{codec.Name}'; keep one of them.");
        }
    }

    /// <summary>Agrees with a client on how to talk.</summary>
    /// <returns>The connection, not yet started; null when the client was turned away, which is logged.</returns>
    public async Task<RpcConnection?> OpenAsync(ITransportConnection transport, CancellationToken stopping)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(_options.HandshakeTimeout);
        try
        {
            HelloMessage client = await Handshake.ReceiveAsync(transport.Input, Handshake.MaxClientHello, timeout.Token).ConfigureAwait(false);
            string? chosen = client.Codecs.FirstOrDefault(_byCodec.ContainsKey);
            if (chosen is null)
            {
                await RefuseCodecsAsync(transport, client, timeout.Token).ConfigureAwait(false);
                return null;
            }

            (ICodec codec, ServerMethod[] methods) = _byCodec[chosen];
            HelloMessage hello = Handshake.CreateHello(_options) with { Codecs = [chosen], Services = _offered };
            await Handshake.SendAsync(transport.Output, hello, timeout.Token).ConfigureAwait(false);
            ServerLog.Connected(_logger, transport.RemoteAddress, chosen, client.Agent);
            return new RpcConnection(transport, ConnectionSettings.Create(_options, codec, client), methods, _logger);
        }
        catch (ForeignProtocolException e)
        {
            ServerLog.Refused(_logger, transport.RemoteAddress, e.Message);
            if (e.IsHttp) await Handshake.AnswerHttpAsync(transport.Output, timeout.Token).ConfigureAwait(false);
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

    private static OfferedService[] Offer(IReadOnlyList<ServiceRegistration> services)
    {
        int methods = 0;
        OfferedService[] offered = new OfferedService[services.Count];
        for (int i = 0; i < offered.Length; i++)
        {
            RpcContract contract = services[i].Contract;
            int first = methods;
            methods += contract.Methods.Count;
            if (methods > ushort.MaxValue) throw new NotSupportedException($"A server offers at most {ushort.MaxValue:N0} methods; this one has more.");
            offered[i] = new OfferedService(contract.Name, contract.Version, contract.Fingerprint, (ushort)contract.Methods.Count, (ushort)first);
        }

        return offered;
    }

    private async Task RefuseCodecsAsync(ITransportConnection transport, HelloMessage client, CancellationToken cancellationToken)
    {
        string reason = $"The client offers the codecs {string.Join(", ", client.Codecs)}; this server has {string.Join(", ", _byCodec.Keys)}.";
        ServerLog.Refused(_logger, transport.RemoteAddress, reason);
        HelloMessage refusal = Handshake.CreateHello(_options) with { Error = new ErrorMessage(RpcStatusCode.Unimplemented, reason, Refused: true) };
        await Handshake.SendAsync(transport.Output, refusal, cancellationToken).ConfigureAwait(false);
    }
}
