using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>The answer to a watch: a JSON object in each line, for as long as the watch lives. Used by one reader.</summary>
internal sealed class EtcdWatch : IDisposable
{
    /// <summary>
    /// The server cuts what is longer than some 2 MiB into fragments, except for a single event: a value, at most 1.5 MiB, as base64.
    /// </summary>
    private const int MaxLineLength = 16 * 1024 * 1024;

    private readonly EtcdClient _client;
    private readonly string _what;
    private readonly int _endpoint;
    private readonly HttpResponseMessage _response;
    private readonly LineReader _lines;
    private readonly CancellationToken _ended;
    private readonly CancellationTokenRegistration _onEnd;
    private Task<EtcdWatchMessage?>? _reading;

    private EtcdWatch(EtcdClient client, string what, int endpoint, HttpResponseMessage response, Stream stream, CancellationToken ended)
    {
        _client = client;
        _what = what;
        _endpoint = endpoint;
        _response = response;
        _lines = new LineReader(stream, MaxLineLength);
        _ended = ended;
        _onEnd = ended.UnsafeRegister(static state => ((HttpResponseMessage)state!).Dispose(), response);
    }

    /// <summary>Why the server does not agree to the watch; null when it does.</summary>
    public EtcdError? Refusal { get; private set; }

    /// <summary>The revision of the store when the watch began.</summary>
    public long Revision { get; private set; }

    /// <summary>Begins to watch, and waits for the server to agree.</summary>
    public static async ValueTask<EtcdWatch> OpenAsync(
        EtcdClient client, RegistryHttpClient http, RegistryOperation operation, HttpCall call, int endpoint)
    {
        try
        {
            HttpResponseMessage response = await http.OpenAsync(call, endpoint, operation.Token).ConfigureAwait(false);
            try
            {
                return await BeginAsync(client, http, operation, endpoint, response).ConfigureAwait(false);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException e)
        {
            operation.ThrowIfGivenUp();
            throw client.Lost(operation.What, endpoint, "it did not begin the watch in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or SocketException)
        {
            operation.ThrowIfGivenUp();
            throw client.Lost(operation.What, endpoint, RegistryHttpClient.Reason(e), e);
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="cancellationToken">Gives up for good; the watch is of no use then.</param>
    /// <returns>The message; null when none has come in time, after which waiting can go on.</returns>
    /// <exception cref="RpcException">The watch is over, or broke off.</exception>
    public async ValueTask<EtcdWatchMessage?> ReadAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Task<EtcdWatchMessage?> reading = _reading ??= ReadOneAsync(cancellationToken);
        if (!reading.IsCompleted)
        {
            using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task first = await Task.WhenAny(reading, Task.Delay(patience, idle.Token)).ConfigureAwait(false);
            await idle.CancelAsync().ConfigureAwait(false);
            if (first != reading && !cancellationToken.IsCancellationRequested) return null;
        }

        EtcdWatchMessage? message = await reading.ConfigureAwait(false);
        _reading = null;
        return message;
    }

    public void Dispose()
    {
        _onEnd.Dispose();
        _response.Dispose();
        // A read that the disposal broke off has nobody else who looks at its exception.
        _reading?.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    private static async ValueTask<EtcdWatch> BeginAsync(
        EtcdClient client, RegistryHttpClient http, RegistryOperation operation, int endpoint, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            byte[] body = await BoundedBody.ReadAsync(response.Content, MaxLineLength, operation.Token).ConfigureAwait(false);
            EtcdError refusal = EtcdError.Read(new HttpReply(response.StatusCode, body, endpoint));
            return new EtcdWatch(client, operation.What, endpoint, response, Stream.Null, http.Ended) { Refusal = refusal };
        }

        Stream stream = await response.Content.ReadAsStreamAsync(operation.Token).ConfigureAwait(false);
        EtcdWatch watch = new(client, operation.What, endpoint, response, stream, http.Ended);
        EtcdWatchMessage? first = await watch.ReadLineAsync(operation.Token).ConfigureAwait(false);
        if (first is null) return watch;
        // What it begins from can be compacted already, which is the reader's to know.
        if (first.CompactRevision > 0) watch._reading = Task.FromResult<EtcdWatchMessage?>(first);
        else if (!first.IsCreated) throw new InvalidDataException("it did not say that the watch was created");
        watch.Revision = Math.Max(first.Revision, first.CompactRevision);
        return watch;
    }

    private async Task<EtcdWatchMessage?> ReadOneAsync(CancellationToken cancellationToken)
    {
        try
        {
            EtcdWatchMessage? message = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (message is null) throw _client.Lost(_what, _endpoint, Refusal!.Message);
            return message;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException or SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, typeof(EtcdRegistry));
            throw _client.Lost(_what, _endpoint, $"the watch broke off: {RegistryHttpClient.Reason(e)}", e);
        }
    }

    /// <returns>The message; null when there is a <see cref="Refusal"/>.</returns>
    private async ValueTask<EtcdWatchMessage?> ReadLineAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> line = await _lines.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (line.IsEmpty) throw new IOException("the stream has ended");
        try
        {
            EtcdWatchMessage? message = EtcdWatchMessage.Read(line, out EtcdError? error);
            if (message is { IsCanceled: true, CompactRevision: 0 })
            {
                error = new EtcdError(
                    RpcStatusCode.Unknown, message.CancelReason.Length > 0 ? message.CancelReason : "the server cancelled the watch");
                message = null;
            }

            Refusal = error;
            return message;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"a message is not what an etcd says: {e.Message}", e);
        }
    }
}
