using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>One connection to one server, from its greeting to its end.</summary>
internal sealed class NatsConnection : IDisposable
{
    private static readonly StreamPipeReaderOptions s_reading = new(bufferSize: 64 * 1024, leaveOpen: true);

    private readonly Socket _socket;
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NatsParser _parser = new();
    private readonly WriterSignal _wake = new();
    private Stream _stream;
    private PipeReader _reader;
    private bool _hasMore;
    private int _confirmations;
    private string? _lastError;
    private long _lastReceived = Environment.TickCount64;

    private NatsConnection(Socket socket, NatsEndpoint server)
    {
        _socket = socket;
        Server = server;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream, s_reading);
    }

    /// <summary>The server.</summary>
    public NatsEndpoint Server { get; }

    /// <summary>The server, for messages.</summary>
    public string Name => Server.ToString();

    /// <summary>Whether it is by TLS.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Ends when the server says that it is about to stop; otherwise never.</summary>
    public Task Leaving => _leaving.Task;

    /// <summary>How many pongs <see cref="SubscribeAsync"/> has seen, which come again as the first ones when the connection runs.</summary>
    public int Confirmations => _confirmations;

    /// <summary>What the server said last of itself.</summary>
    public NatsServerInfo Info { get; private set; } = new();

    /// <summary>The largest message that it takes, headers included, in bytes.</summary>
    public int MaxPayload => _parser.MaxPayload;

    /// <summary>Connects to a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="options">Who asks.</param>
    /// <param name="tls">What TLS is made with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NatsConnectException">It did not work; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<NatsConnection> OpenAsync(
        NatsEndpoint server, NatsBrokerOptions options, TlsFiles tls, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NatsConnection? connection = null;
        string stage = "it cannot be connected to";
        try
        {
            await socket.ConnectAsync(server.Address.Host, server.Address.Port, cancellationToken).ConfigureAwait(false);
            connection = new NatsConnection(socket, server);
            stage = "it did not greet as NATS does";
            await connection.ReadGreetingAsync(cancellationToken).ConfigureAwait(false);
            stage = "the TLS handshake failed";
            await connection.UpgradeAsync(options, tls, cancellationToken).ConfigureAwait(false);
            stage = "it did not answer to CONNECT";
            await connection.IntroduceAsync(options, cancellationToken).ConfigureAwait(false);
            if (connection.Info.IsLameDuck) throw new NatsConnectException("it is about to stop (lame duck mode)");
            return connection;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            socket.Dispose();
            if (e is OperationCanceledException) throw new OperationCanceledException($"{stage}: it took too long", e, cancellationToken);
            if (e is NatsProtocolException) throw new NatsConnectException($"it is no NATS server, or something stands before it: it sent {e.Message}", cause: e);
            if (e is SocketException or IOException or AuthenticationException or ArgumentException)
            {
                throw new NatsConnectException($"{stage}: {e.Message}{(e.InnerException is { } inner ? $" ({inner.Message})" : "")}", cause: e);
            }

            throw;
        }
    }

    /// <summary>Has what the client gathered sent.</summary>
    public void Wake() => _wake.Set();

    /// <summary>
    /// Subscribes before the connection runs, and returns when it is in effect. What comes is looked at for the answers and stays unread: it is
    /// the client's, later.
    /// </summary>
    /// <param name="subscribing">What is to be sent; it ends with a ping.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task SubscribeAsync(ReadOnlyMemory<byte> subscribing, CancellationToken cancellationToken)
    {
        _confirmations++;
        await _stream.WriteAsync(subscribing, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            bool isConfirmed = CountPongs(result.Buffer) == _confirmations;
            // Unread and, when the last answer is there, not even looked at: whoever reads next gets it at once.
            _reader.AdvanceTo(result.Buffer.Start, isConfirmed ? result.Buffer.Start : result.Buffer.End);
            if (isConfirmed) return;
            if (result.IsCompleted) throw new IOException("it closed the connection");
        }
    }

    /// <summary>Takes messages to the client and sends what it gathers, until the connection ends.</summary>
    /// <param name="client">The client.</param>
    /// <param name="pingInterval">After how long a silence the server is asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(NatsClient client, TimeSpan pingInterval, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string> reading = GuardAsync(ReadAsync(client, ending.Token));
        Task<string>[] loops = [reading, GuardAsync(WriteAsync(client, ending.Token)), GuardAsync(WatchAsync(client, pingInterval, ending.Token))];
        string problem = await (await Task.WhenAny(loops).ConfigureAwait(false)).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        Dispose();
        await Task.WhenAll(loops).ConfigureAwait(false);
        await _reader.CompleteAsync().ConfigureAwait(false);
        return _lastError is null ? $"{Name}: {problem}" : $"{Name}: it says '{_lastError}'";
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task ReadGreetingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (TryReadGreeting(ref buffer))
            {
                // Before TLS, nothing may stand behind the greeting: it would not come from who is then found to be there.
                _reader.AdvanceTo(buffer.Start);
                _hasMore = !buffer.IsEmpty;
                return;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) throw new NatsConnectException("it closed the connection without a greeting; is it NATS?");
        }
    }

    private bool TryReadGreeting(ref ReadOnlySequence<byte> buffer)
    {
        if (!_parser.TryRead(ref buffer, out NatsFrame frame)) return false;
        if (frame.Kind == NatsFrameKind.Error) throw Refused(frame.Text);
        if (frame.Kind != NatsFrameKind.Info) throw new NatsProtocolException($"{frame.Kind} where INFO must be");
        Learn(frame.Text);
        return true;
    }

    private async Task UpgradeAsync(NatsBrokerOptions options, TlsFiles tls, CancellationToken cancellationToken)
    {
        if (!Info.IsTlsRequired && !options.NeedsTls && !Server.NeedsTls) return;
        if (!Info.IsTlsRequired && !Info.IsTlsAvailable)
        {
            if (!options.NeedsTls) throw new NatsConnectException("it has no TLS, and the server that announced it has; configure tls for all servers of the cluster");
            throw new NatsConnectException("it has no TLS, and the options ask for it; configure the server's tls, or leave tls=true and certificates out");
        }

        if (_hasMore) throw new NatsProtocolException("more than its INFO before TLS");
        await _reader.CompleteAsync().ConfigureAwait(false);
        SslStream encrypted = new(_stream);
        _stream = encrypted;
        try
        {
            await encrypted.AuthenticateAsClientAsync(tls.CreateOptions(Server.TlsName), cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new NatsConnectException(
                $"the TLS handshake failed: {e.Message} The server's certificate must name '{Server.TlsName}', and be issued by what ca= names or the system trusts.",
                cause: e);
        }

        _reader = PipeReader.Create(encrypted, s_reading);
        IsEncrypted = true;
    }

    private async Task IntroduceAsync(NatsBrokerOptions options, CancellationToken cancellationToken)
    {
        NatsConnectRequest request = new()
        {
            IsTlsRequired = IsEncrypted,
            Name = options.Name,
            UserName = options.UserName,
            Password = options.UserName is null ? null : options.Password,
            Token = options.Token,
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(request, NatsJson.Default.NatsConnectRequest);
        await _stream.WriteAsync((byte[])[.. "CONNECT "u8, .. json, .. "\r\nPING\r\n"u8], cancellationToken).ConfigureAwait(false);
        while (true)
        {
            ReadResult result;
            try
            {
                result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e) when (Info.IsTlsRequired)
            {
                // With TLS 1.3 a server refuses a client's certificate only after the handshake has ended for the client.
                throw new NatsConnectException($"the connection ended after the TLS handshake; does it ask for a client's certificate (cert=)? {e.Message}", cause: e);
            }

            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isWelcome = IsWelcome(ref buffer);
            if (isWelcome)
            {
                _reader.AdvanceTo(buffer.Start);
                return;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                throw new NatsConnectException(IsEncrypted
                    ? "it closed the connection instead of answering to CONNECT; does it ask for a client's certificate (cert=)?"
                    : "it closed the connection instead of answering to CONNECT");
            }
        }
    }

    private int CountPongs(ReadOnlySequence<byte> buffer)
    {
        NatsParser parser = new() { MaxPayload = _parser.MaxPayload };
        int count = 0;
        while (parser.TryRead(ref buffer, out NatsFrame frame))
        {
            if (frame.Kind == NatsFrameKind.Pong) count++;
        }

        return count;
    }

    private bool IsWelcome(ref ReadOnlySequence<byte> buffer)
    {
        while (_parser.TryRead(ref buffer, out NatsFrame frame))
        {
            switch (frame.Kind)
            {
                case NatsFrameKind.Pong: return true;
                case NatsFrameKind.Error: throw Refused(frame.Text);
                case NatsFrameKind.Info: Learn(frame.Text); break;
                case NatsFrameKind.Message: throw new NatsProtocolException("a message before anything was subscribed to");
            }
        }

        return false;
    }

    private NatsConnectException Refused(ReadOnlySequence<byte> text)
    {
        string problem = Unquote(text);
        bool isAuthentication = problem.Contains("authorization", StringComparison.OrdinalIgnoreCase)
            || problem.Contains("authentication", StringComparison.OrdinalIgnoreCase);
        // Servers send a nonce when they have users with nkeys or JWTs, perhaps beside others.
        string hint = isAuthentication && Info.Nonce is not null ? "; it knows nkeys or credentials files, which this client cannot use" : "";
        return new NatsConnectException($"it says '{problem}'{hint}", isAuthentication);
    }

    private void Learn(ReadOnlySequence<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            Info = JsonSerializer.Deserialize(ref reader, NatsJson.Default.NatsServerInfo) ?? throw new JsonException("it is null");
            if (Info.Version is null) throw new JsonException("its version is null");
        }
        catch (JsonException e)
        {
            throw new NatsProtocolException($"an INFO that cannot be read: {e.Message}");
        }

        _parser.MaxPayload = NatsBrokerOptions.Clamp(Info.MaxPayload);
        if (Info.IsLameDuck) _leaving.TrySetResult();
    }

    private async Task<string> ReadAsync(NatsClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastReceived, Environment.TickCount64);
            ReadOnlySequence<byte> buffer = result.Buffer;
            Dispatch(client, ref buffer);
            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) return "it closed the connection";
        }
    }

    private void Dispatch(NatsClient client, ref ReadOnlySequence<byte> buffer)
    {
        while (_parser.TryRead(ref buffer, out NatsFrame frame))
        {
            switch (frame.Kind)
            {
                case NatsFrameKind.Message:
                    client.OnMessage(in frame);
                    break;
                case NatsFrameKind.Ping:
                    client.SendPong();
                    break;
                case NatsFrameKind.Pong:
                    client.OnPong();
                    break;
                case NatsFrameKind.Info:
                    Learn(frame.Text);
                    client.OnInfo(this);
                    break;
                case NatsFrameKind.Error:
                    string problem = Unquote(frame.Text);
                    // Permissions are the only ones after which the server goes on.
                    if (!client.OnRefusal(problem)) _lastError = problem;
                    break;
            }
        }
    }

    private async Task<string> WriteAsync(NatsClient client, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static wake => ((WriterSignal)wake!).Set(), _wake);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (client.NextBatch() is { Length: > 0 } batch) await _stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            await _wake.WaitAsync().ConfigureAwait(false);
        }
    }

    private async Task<string> WatchAsync(NatsClient client, TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
            TimeSpan silence = TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastReceived));
            if (silence >= interval * 2) return $"it has sent nothing for {silence.TotalSeconds:N0} s and did not answer to PING";
            if (silence >= interval / 2) client.SendPing();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is why the connection ended.")]
    private static async Task<string> GuardAsync(Task<string> loop)
    {
        try
        {
            return await loop.ConfigureAwait(false);
        }
        catch (NatsProtocolException e)
        {
            return $"it sent {e.Message}";
        }
        catch (OperationCanceledException)
        {
            return "it was closed";
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }

    private static string Unquote(ReadOnlySequence<byte> text) =>
        Encoding.UTF8.GetString(text.Slice(0, Math.Min(text.Length, 512)).ToArray()).Trim(' ', '\t', '\'');
}
