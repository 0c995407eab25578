using System.Collections.Immutable;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>
/// Requests to a registry that has several endpoints: the one that answered last is asked first, and when it cannot be reached or cannot
/// answer now, the next one. All that is sent must be harmless to send twice.
/// </summary>
internal sealed class RegistryHttpClient : IDisposable
{
    /// <summary>The most that is read of one answer: some 100,000 nodes.</summary>
    public const int MaxBodyLength = 64 * 1024 * 1024;

    /// <summary>Each watch holds one, so it limits them too.</summary>
    private const int MaxConnectionsPerEndpoint = 1024;
    private static readonly TimeSpan s_roundPause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly TlsFiles? _tls;
    private readonly ImmutableArray<Uri> _endpoints;
    private readonly string _address;
    private readonly string? _headerOfInterest;
    private readonly int _maxBodyLength;
    private readonly CancellationTokenSource _end = new();
    private int _preferred;

    /// <param name="address">The registry's address, for messages.</param>
    /// <param name="endpoints">At least one.</param>
    /// <param name="tls">Null for plain connections.</param>
    /// <param name="headerOfInterest">The response header that <see cref="HttpReply.Header"/> has.</param>
    /// <param name="maxBodyLength">The most that is read of one answer.</param>
    public RegistryHttpClient(
        string address,
        ImmutableArray<RegistryEndpoint> endpoints,
        TlsFiles? tls,
        string? headerOfInterest = null,
        int maxBodyLength = MaxBodyLength)
    {
        _address = address;
        _tls = tls;
        Ended = _end.Token;
        _headerOfInterest = headerOfInterest;
        _maxBodyLength = maxBodyLength;
        _endpoints = [.. endpoints.Select(endpoint => new Uri($"http://{endpoint}"))];
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A registry is infrastructure nearby; what a program's environment says about the way to the web is not meant for it.
            UseProxy = false,
            MaxConnectionsPerServer = MaxConnectionsPerEndpoint,
            MaxResponseHeadersLength = 64,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request to the first endpoint that can answer it, within what is left of an operation's time.</summary>
    /// <param name="operation">What it is for.</param>
    /// <param name="call">The request.</param>
    /// <param name="isTransient">Whether another endpoint, or the same one a moment later, may well give another answer.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: no endpoint could answer.</exception>
    public async ValueTask<HttpReply> SendAsync(RegistryOperation operation, HttpCall call, Func<HttpReply, bool> isTransient)
    {
        string?[] problems = new string?[_endpoints.Length];
        Exception? cause = null;
        while (true)
        {
            bool hasAnswered = false;
            int first = Volatile.Read(ref _preferred);
            for (int i = 0; i < _endpoints.Length && operation.Remaining > TimeSpan.Zero; i++)
            {
                int index = (first + i) % _endpoints.Length;
                // One that takes connections and says nothing must leave time for the others.
                TimeSpan share = operation.Remaining / (_endpoints.Length - i);
                (HttpReply? reply, string problem, Exception? error) = await TryOnceAsync(
                    operation, call, index, share).ConfigureAwait(false);
                if (reply is not null && !isTransient(reply))
                {
                    Volatile.Write(ref _preferred, index);
                    return reply;
                }

                hasAnswered |= reply is not null;
                cause = error ?? cause;
                // That the time was over says less than what happened in an earlier round.
                if (reply is not null || error is not OperationCanceledException || problems[index] is null)
                {
                    problems[index] = $"{_endpoints[index].Authority}: {reply?.ToString() ?? problem}";
                }
            }

            if (!hasAnswered || operation.Remaining <= s_roundPause) throw Unavailable(operation, problems, cause);
            await PauseAsync(operation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request to one endpoint, within what is left of an operation's time.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: it cannot be reached.</exception>
    public async ValueTask<HttpReply> SendToAsync(RegistryOperation operation, HttpCall call, int endpoint)
    {
        (HttpReply? reply, string problem, Exception? error) =
            await TryOnceAsync(operation, call, endpoint, operation.Remaining).ConfigureAwait(false);
        return reply ?? throw Unavailable(operation, [$"{_endpoints[endpoint].Authority}: {problem}"], error);
    }

    /// <summary>Begins a request whose answer goes on for as long as it is read.</summary>
    /// <param name="call">The request.</param>
    /// <param name="endpoint">The number of the endpoint.</param>
    /// <param name="cancellationToken">Gives up waiting for the beginning of the answer.</param>
    /// <exception cref="HttpRequestException">The endpoint cannot be reached.</exception>
    public async ValueTask<HttpResponseMessage> OpenAsync(HttpCall call, int endpoint, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, this);
        using HttpRequestMessage message = call.CreateMessage(_endpoints[endpoint]);
        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancelled when the client is disposed of, which ends requests and not the reading of answers that have begun.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Where an endpoint is, for messages.</summary>
    public string Describe(int endpoint) => _endpoints[endpoint].Authority;

    /// <summary>An endpoint turned out to be of no use: the next request begins with the one after it.</summary>
    public void Avoid(int endpoint) => Interlocked.CompareExchange(ref _preferred, (endpoint + 1) % _endpoints.Length, endpoint);

    /// <summary>The messages of an exception and of what caused it, which alone says why a connection was not made.</summary>
    public static string Reason(Exception error)
    {
        StringBuilder text = new();
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (text.Length > 0) text.Append(": ");
            text.Append(e.Message);
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _end.Cancel();
        _http.Dispose();
    }

    /// <summary>
    /// Makes a connection, encrypted where it has to be: the handler would do it, too, but with the certificates that it was created with.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            // A watch says nothing for hours. These find out within half a minute that the other side is gone, and keep what lies between
            // from forgetting the connection. Only now, because .NET 9 connects no socket by a host's name once such an option was set.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (_tls is null) return stream;
            SslStream encrypted = new(stream);
            stream = encrypted;
            await encrypted.AuthenticateAsClientAsync(_tls.CreateOptions(context.DnsEndPoint.Host), cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<(HttpReply? Reply, string Problem, Exception? Error)> TryOnceAsync(
        RegistryOperation operation, HttpCall call, int endpoint, TimeSpan share)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, this);
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(operation.Token);
        attempt.CancelAfter(share);
        for (bool isRepeated = false; ; isRepeated = true)
        {
            try
            {
                return (await SendOnceAsync(call, endpoint, attempt.Token).ConfigureAwait(false), "", null);
            }
            catch (OperationCanceledException e)
            {
                operation.ThrowIfGivenUp();
                ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, this);
                return (null, string.Create(CultureInfo.InvariantCulture, $"no answer within {share.TotalSeconds:0.##} s"), e);
            }
            catch (HttpRequestException e) when (!isRepeated && e.HttpRequestError == HttpRequestError.ResponseEnded)
            {
                // A connection of the pool whose other end was restarted in the meantime; a new one is made for the second attempt.
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or SocketException)
            {
                // A SocketException comes bare when the other end resets the connection while HttpClient asks for its address.
                operation.ThrowIfGivenUp();
                return (null, Reason(e), e);
            }
        }
    }

    private async ValueTask<HttpReply> SendOnceAsync(HttpCall call, int endpoint, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = call.CreateMessage(_endpoints[endpoint]);
        using HttpResponseMessage response =
            await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        string? header = _headerOfInterest is not null && response.Headers.TryGetValues(_headerOfInterest, out IEnumerable<string>? values)
            ? values.FirstOrDefault()
            : null;
        byte[] body = await BoundedBody.ReadAsync(response.Content, _maxBodyLength, cancellationToken).ConfigureAwait(false);
        return new HttpReply(response.StatusCode, body, endpoint) { Header = header };
    }

    private static async ValueTask PauseAsync(RegistryOperation operation)
    {
        // The end of the operation's time is seen by whoever goes on; it is not this wait that has failed.
        await Task.Delay(s_roundPause, operation.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        operation.ThrowIfGivenUp();
    }

    private RpcException Unavailable(RegistryOperation operation, string?[] problems, Exception? cause)
    {
        string reason = string.Join("; ", problems.Where(static problem => problem is not null));
        if (reason.Length == 0) reason = "the time was over before an endpoint could be asked";
        return RegistryErrors.Unavailable(
            _address,
            operation.What,
            $"{reason}. Check that it runs, that the address is right and that its port can be reached from here.",
            cause);
    }
}
