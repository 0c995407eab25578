using System.Net.Security;
using System.Net.Sockets;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// One connection to one server, from the handshake until it breaks or is closed. Requests are sent as they come, without waiting for
/// answers, and answered in the order in which they were sent. Source: the description of the client's port in <c>ClientCnxn</c> and
/// <c>ZooKeeperServer</c> of Apache ZooKeeper 3.8.
/// </summary>
internal sealed class ZooKeeperConnection : IAsyncDisposable
{
    /// <summary>
    /// The longest answer. The names of a node's children may be longer than what one request may hold (1 MiB in a server's default
    /// configuration), as they are made by many requests.
    /// </summary>
    public const int MaxAnswerLength = 16 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly FrameReader _frames;
    private readonly ClientSettings _settings;
    private readonly WatchTable _watches;
    private readonly Lock _lock = new();
    private readonly Queue<PendingRequest> _pending = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JuteWriter _output = new();
    private JuteWriter _sending = new();
    private bool _isSending;
    private int _lastXid;
    private long _lastSentAt = Environment.TickCount64;
    private long _lastReceivedAt = Environment.TickCount64;
    private long _lastZxid;
    private Exception? _failure;

    private ZooKeeperConnection(
        RegistryEndpoint endpoint,
        Socket socket,
        Stream stream,
        FrameReader frames,
        ConnectResponse session,
        ClientSettings settings,
        WatchTable watches)
    {
        Endpoint = endpoint;
        Session = session;
        _socket = socket;
        _stream = stream;
        _frames = frames;
        _settings = settings;
        _watches = watches;
    }

    public RegistryEndpoint Endpoint { get; }

    /// <summary>The session, as the server answered.</summary>
    public ConnectResponse Session { get; }

    /// <summary>
    /// Completes, never with an error, when the connection has ended and nothing of what it received is still being looked at, so that no
    /// watch is entered any more; <see cref="Failure"/> says why.
    /// </summary>
    public Task Closed => _closed.Task;

    /// <summary>Why the connection has ended; null while it has not.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_lock) return _failure;
        }
    }

    /// <summary>The newest change that the server has told of.</summary>
    public long LastZxid => Volatile.Read(ref _lastZxid);

    /// <summary>When the server last said something, as <see cref="Environment.TickCount64"/> has it.</summary>
    public long LastReceivedAt => Volatile.Read(ref _lastReceivedAt);

    /// <summary>Connects, and begins or continues a session.</summary>
    /// <exception cref="ZooKeeperProtocolException">What answers is not a ZooKeeper server.</exception>
    /// <exception cref="IOException">
    /// The connection cannot be made, or was closed before an answer came; also the other exceptions of sockets.
    /// </exception>
    public static async Task<ZooKeeperConnection> OpenAsync(
        RegistryEndpoint endpoint, ConnectRequest request, ClientSettings settings, WatchTable watches, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.Tls is not null)
            {
                SslStream encrypted = new(stream);
                stream = encrypted;
                await encrypted.AuthenticateAsClientAsync(
                    settings.Tls.CreateOptions(settings.TlsServerName ?? endpoint.Host), cancellationToken).ConfigureAwait(false);
            }

            JuteWriter body = new();
            request.Write(body);
            await stream.WriteAsync(new JuteWriter().Buffer(body.Written.Span).Written, cancellationToken).ConfigureAwait(false);
            FrameReader frames = new(stream);
            ReadOnlyMemory<byte> answer = await frames.ReadAsync(ConnectResponse.MaxLength, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException(
                    "it closed the connection without an answer: it does not serve now, or has not seen what was seen before");
            ConnectResponse session = ReadSession(answer.Span);
            return new ZooKeeperConnection(endpoint, socket, stream, frames, session, settings, watches);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts to receive, after saying who this is and which watches there are, which thus comes before all requests.</summary>
    /// <param name="lastZxid">The newest change that was seen before; what happened to watched nodes since then is told.</param>
    public void Start(long lastZxid)
    {
        _lastZxid = lastZxid;
        if (_settings.Digest is not null)
        {
            SendOutOfOrder(Xid.Auth, OpCode.Auth, new JuteWriter().Int(0).Text("digest").Buffer(_settings.Digest));
        }

        foreach (JuteWriter part in WatchRequests.Write(lastZxid, _watches)) SendOutOfOrder(Xid.SetWatches, OpCode.SetWatches, part);
        _ = ReceiveAsync();
        _ = SuperviseAsync();
    }

    /// <summary>Sends a request. Its answer completes it, and so does the end of the connection.</summary>
    public void Send(PendingRequest request)
    {
        lock (_lock)
        {
            if (_failure is null)
            {
                _lastXid = _lastXid == int.MaxValue ? 1 : _lastXid + 1;
                request.Xid = _lastXid;
                request.SentAt = Environment.TickCount64;
                _pending.Enqueue(request);
                Write(request.Xid, request.Op, request.Body);
                return;
            }
        }

        request.Fail(Lost(_failure));
    }

    /// <summary>Ends the connection, and with it every request that has no answer yet. The first reason counts.</summary>
    public void Fail(Exception reason)
    {
        PendingRequest[] pending;
        lock (_lock)
        {
            if (_failure is not null) return;
            _failure = reason;
            pending = [.. _pending];
            _pending.Clear();
        }

        _closing.Cancel();
        // Reading and writing end with the socket, also where they do not look at tokens.
        _socket.Dispose();
        foreach (PendingRequest request in pending) request.Fail(Lost(reason));
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new ObjectDisposedException(nameof(ZooKeeperConnection)));
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private static ConnectResponse ReadSession(ReadOnlySpan<byte> answer)
    {
        JuteReader reader = new(answer);
        return ConnectResponse.Read(ref reader);
    }

    private ConnectionLostException Lost(Exception reason) => new($"the connection to {Endpoint} ended: {reason.Message}", reason);

    private void SendOutOfOrder(int xid, OpCode op, JuteWriter body)
    {
        lock (_lock)
        {
            if (_failure is null) Write(xid, op, body.Written.Span);
        }
    }

    /// <summary>Called under the lock. What is written while a send is under way goes out together with the next one.</summary>
    private void Write(int xid, OpCode op, ReadOnlySpan<byte> body)
    {
        _output.Int(8 + body.Length).Int(xid).Int((int)op).Raw(body);
        _lastSentAt = Environment.TickCount64;
        if (_isSending) return;
        _isSending = true;
        ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.SendAsync(), this, preferLocal: false);
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                lock (_lock)
                {
                    if (_output.Written.IsEmpty)
                    {
                        _isSending = false;
                        return;
                    }

                    (_output, _sending) = (_sending, _output);
                }

                await _stream.WriteAsync(_sending.Written, _closing.Token).ConfigureAwait(false);
                _sending.Clear();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _frames.ReadAsync(MaxAnswerLength, _closing.Token).ConfigureAwait(false) is { } frame)
            {
                Volatile.Write(ref _lastReceivedAt, Environment.TickCount64);
                Accept(frame.Span);
            }

            Fail(new IOException("the server closed it"));
        }
        catch (Exception e)
        {
            Fail(e);
        }

        _closed.TrySetResult();
    }

    private void Accept(ReadOnlySpan<byte> frame)
    {
        JuteReader reader = new(frame);
        int xid = reader.ReadInt();
        long zxid = reader.ReadLong();
        ErrorCode error = (ErrorCode)reader.ReadInt();
        switch (xid)
        {
            case Xid.Notification:
                _watches.Trigger(WatchEvent.Read(ref reader));
                return;
            case Xid.Ping:
                return;
            case Xid.Auth or Xid.SetWatches:
                if (error != ErrorCode.Ok) throw new ZooKeeperException(error, xid == Xid.Auth ? "authenticate by digest" : "set watches");
                return;
        }

        // Only answers count: what a notification or a ping says may be newer than what was read.
        if (zxid > 0) Volatile.Write(ref _lastZxid, zxid);
        PendingRequest request = Take(xid);
        try
        {
            if (error.EndsConnection()) throw new ZooKeeperException(error, $"{request.Op} {request.Path}");
            // Before the next frame is looked at, which may already be this watch's event.
            if (request.WatchSetBy(error) is { } kind)
            {
                foreach (string path in request.WatchedPaths) _watches.Add(kind, path, request.Watcher!);
            }

            request.Answer(error, ref reader);
        }
        catch (Exception e)
        {
            request.Fail(Lost(e));
            throw;
        }
    }

    private PendingRequest Take(int xid)
    {
        lock (_lock)
        {
            if (!_pending.TryPeek(out PendingRequest? request))
            {
                throw new ZooKeeperProtocolException($"it answered request {xid}, with none waiting for an answer");
            }

            if (request.Xid != xid)
            {
                throw new ZooKeeperProtocolException($"it answered request {xid} where {request.Xid} is the next one to be answered");
            }

            return _pending.Dequeue();
        }
    }

    /// <summary>Keeps the session alive while nothing else is sent, and ends a connection over which nothing comes any more.</summary>
    private async Task SuperviseAsync()
    {
        long session = (long)Session.Timeout.TotalMilliseconds;
        long shortest = Math.Min(session / 6, (long)_settings.Timeout.TotalMilliseconds / 8);
        TimeSpan tick = TimeSpan.FromMilliseconds(Math.Clamp(shortest, 10, 1000));
        using PeriodicTimer timer = new(tick);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                long now = Environment.TickCount64;
                long silence = now - LastReceivedAt;
                long waiting = GetWaitingTime(now);
                // A third of the time is left to find another server.
                if (silence > session * 2 / 3) throw new TimeoutException($"the server said nothing for {silence:N0} ms");
                if (waiting > _settings.Timeout.TotalMilliseconds
                    || Math.Min(waiting, silence) > _settings.SilenceTimeout.TotalMilliseconds)
                {
                    throw new TimeoutException($"the server did not answer for {waiting:N0} ms");
                }

                if (now - _lastSentAt > session / 3) SendOutOfOrder(Xid.Ping, OpCode.Ping, new JuteWriter());
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The connection has ended.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private long GetWaitingTime(long now)
    {
        lock (_lock) return _pending.TryPeek(out PendingRequest? first) ? now - first.SentAt : 0;
    }
}
