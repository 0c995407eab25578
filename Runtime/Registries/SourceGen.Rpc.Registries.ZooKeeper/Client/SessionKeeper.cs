using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Keeps a session: connects when somebody needs a connection, goes to the next server when one breaks, as long as the session may be
/// alive, and begins a new one when it has expired. That is the protocol's own business: it renews nothing that was registered.
/// </summary>
internal sealed class SessionKeeper
{
    private static readonly TimeSpan s_minPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_maxFarewell = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a server may at first take to accept a connection. A server that has just begun to listen may never answer who came too
    /// early (seen with 3.8), so waiting for it as long as an operation may take would keep a client away from one that is back.
    /// </summary>
    private static readonly TimeSpan s_firstConnectTimeout = TimeSpan.FromMilliseconds(500);

    private readonly ClientSettings _settings;
    private readonly ZooKeeperLog _log;
    private readonly ServerRotation _servers;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private ZooKeeperConnection? _connection;
    private TaskCompletionSource<ZooKeeperConnection> _next = NewSource();
    private Task? _running;
    private int _waiting;
    private TimeSpan _timeout;
    private TimeSpan _askedTimeout;
    private ConnectResponse _current = new(TimeSpan.Zero, 0, new byte[16]);
    private long _lastZxid;
    private long _lastHeardAt;
    private bool _isReconnectWanted;
    private TimeSpan _connectTimeout;
    private volatile bool _isStopped;
    private volatile string? _lastProblem;

    public SessionKeeper(ClientSettings settings, ZooKeeperLog log)
    {
        _settings = settings;
        _log = log;
        _timeout = settings.SessionTimeout;
        _servers = new ServerRotation(settings.Endpoints);
    }

    public WatchTable Watches { get; } = new();

    /// <summary>The session; without a number when there is none.</summary>
    public ConnectResponse Current => Volatile.Read(ref _current);

    public string? LastProblem => _lastProblem;

    /// <summary>Gets the connection, waiting for one when there is none.</summary>
    /// <exception cref="ServersUnreachableException">No server accepts connections.</exception>
    public async ValueTask<ZooKeeperConnection> GetConnectionAsync(CancellationToken cancellationToken)
    {
        Task<ZooKeeperConnection> next;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopped, typeof(ZooKeeperRegistry));
            if (_connection is { Failure: null } connection) return connection;
            _waiting++;
            next = _next.Task;
            _running ??= Task.Run(RunAsync, CancellationToken.None);
        }

        try
        {
            return await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiting--;
        }
    }

    /// <summary>Asks for another timeout of the session, by connecting again when it has begun.</summary>
    public void SetTimeout(TimeSpan timeout)
    {
        ZooKeeperConnection? connection;
        lock (_lock)
        {
            if (_timeout == timeout) return;
            _timeout = timeout;
            connection = _connection;
            _isReconnectWanted = connection is not null;
        }

        connection?.Fail(AnotherTimeout());
    }

    public async ValueTask StopAsync(bool closesSession)
    {
        ZooKeeperConnection? connection;
        Task? running;
        lock (_lock)
        {
            if (_isStopped) return;
            _isStopped = true;
            connection = _connection;
            running = _running;
        }

        if (connection is not null && closesSession) await SayFarewellAsync(connection).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        ObjectDisposedException reason = new(nameof(ZooKeeperRegistry));
        connection?.Fail(reason);
        if (running is not null) await running.ConfigureAwait(false);
        lock (_lock) FailWaiting(reason);
        Watches.Lose(reason);
    }

    private static IOException AnotherTimeout() => new("the session is to have another timeout, which is agreed on by connecting again");

    private static TaskCompletionSource<ZooKeeperConnection> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the session. When no answer comes, it ends by its timeout.</summary>
    private async Task SayFarewellAsync(ZooKeeperConnection connection)
    {
        PendingRequest<bool> farewell = new(OpCode.CloseSession, "", [], static (ref JuteReader _) => true);
        connection.Send(farewell);
        try
        {
            await farewell.Completion.WaitAsync(s_maxFarewell).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or ConnectionLostException)
        {
            _log.SessionNotClosed(Current.SessionId, e.Message);
        }
    }

    /// <summary>Connects, and connects again, until nobody needs it any more.</summary>
    private async Task RunAsync()
    {
        long lostAt = Environment.TickCount64;
        TimeSpan pause = s_minPause;
        _connectTimeout = Shorter(s_firstConnectTimeout, _settings.ConnectTimeout);
        while (!_isStopped)
        {
            (ZooKeeperConnection? connection, bool areAllRefused) = await ConnectToAnyAsync().ConfigureAwait(false);
            if (connection is not null)
            {
                long connectedAt = Environment.TickCount64;
                _connectTimeout = Shorter(s_firstConnectTimeout, _settings.ConnectTimeout);
                await ServeAsync(connection).ConfigureAwait(false);
                lostAt = Environment.TickCount64;
                bool isWanted;
                lock (_lock) (isWanted, _isReconnectWanted) = (_isReconnectWanted, false);
                if (isWanted || lostAt - connectedAt > s_maxPause.TotalMilliseconds)
                {
                    pause = s_minPause;
                    continue;
                }
            }
            else if (GiveUp(lostAt, areAllRefused))
            {
                return;
            }

            await PauseAsync(pause).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(s_maxPause.Ticks, pause.Ticks * 2));
        }
    }

    /// <summary>Lets a connection be used until it ends.</summary>
    private async Task ServeAsync(ZooKeeperConnection connection)
    {
        connection.Start(_lastZxid);
        Exception? unwanted = null;
        lock (_lock)
        {
            // It may have been said while the connection was made.
            _isReconnectWanted = _askedTimeout != _timeout;
            if (_isStopped) unwanted = new ObjectDisposedException(nameof(ZooKeeperRegistry));
            else if (_isReconnectWanted) unwanted = AnotherTimeout();
            else Publish(connection);
        }

        if (unwanted is not null) connection.Fail(unwanted);
        await connection.Closed.ConfigureAwait(false);
        Exception reason = connection.Failure!;
        bool isProblem;
        lock (_lock)
        {
            _connection = null;
            _lastZxid = connection.LastZxid;
            _lastHeardAt = connection.LastReceivedAt;
            isProblem = !_isStopped && !_isReconnectWanted;
            if (isProblem) _lastProblem = $"{connection.Endpoint}: {reason.Message}";
        }

        if (isProblem) _log.ConnectionLost(connection.Endpoint.ToString(), reason.Message);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Called under the lock. Who finds this connection broken waits for the one after it.</summary>
    private void Publish(ZooKeeperConnection connection)
    {
        _connection = connection;
        _lastProblem = null;
        _next.TrySetResult(connection);
        _next = NewSource();
    }

    /// <summary>Called under the lock. Whoever asks from now on waits for what comes next.</summary>
    private void FailWaiting(Exception reason)
    {
        _next.TrySetException(reason);
        _ = _next.Task.Exception;
        _next = NewSource();
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Tries every server once. After a round in which one did not answer in time, they are given twice as long.</summary>
    private async Task<(ZooKeeperConnection? Connection, bool AreAllRefused)> ConnectToAnyAsync()
    {
        List<string> problems = [];
        bool areAllRefused = true;
        bool isTooSlow = false;
        foreach (RegistryEndpoint endpoint in _servers.Next())
        {
            using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            time.CancelAfter(_connectTimeout);
            try
            {
                return (await ConnectAsync(endpoint, time.Token).ConfigureAwait(false), false);
            }
            catch (Exception e)
            {
                if (_isStopped) break;
                bool isTime = e is OperationCanceledException;
                isTooSlow |= isTime;
                areAllRefused &= e is AuthenticationException
                    or SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound };
                problems.Add($"{endpoint}: {(isTime ? $"no answer within {_connectTimeout.TotalSeconds} s" : e.Message)}");
            }
        }

        if (isTooSlow) _connectTimeout = Shorter(_connectTimeout * 2, _settings.ConnectTimeout);
        _lastProblem = string.Join("; ", problems);
        return (null, areAllRefused);
    }

    private async Task<ZooKeeperConnection> ConnectAsync(RegistryEndpoint endpoint, CancellationToken cancellationToken)
    {
        while (true)
        {
            ConnectResponse known = Current;
            TimeSpan timeout;
            lock (_lock) _askedTimeout = timeout = _timeout;
            ConnectRequest request = new(_lastZxid, timeout, known.SessionId, known.Password);
            ZooKeeperConnection connection = await ZooKeeperConnection
                .OpenAsync(endpoint, request, _settings, Watches, cancellationToken).ConfigureAwait(false);
            ConnectResponse session = connection.Session;
            if (!session.IsExpired && (known.SessionId == 0 || session.SessionId == known.SessionId))
            {
                if (known.SessionId == 0) _log.SessionBegun(session.SessionId, endpoint.ToString(), session.Timeout.TotalSeconds);
                else _log.SessionContinued(session.SessionId, endpoint.ToString());
                Volatile.Write(ref _current, session);
                return connection;
            }

            await connection.DisposeAsync().ConfigureAwait(false);
            if (known.SessionId == 0) throw new ZooKeeperProtocolException("the session that was to begin is said to have expired");
            if (!session.IsExpired) throw new ZooKeeperProtocolException("it continues another session than the one asked for");
            ForgetSession("a server says that it has expired");
        }
    }

    /// <summary>After every server was tried in vain: tells those who wait, and decides whether to go on.</summary>
    /// <returns>Whether nobody needs a connection now.</returns>
    private bool GiveUp(long lostAt, bool areAllRefused)
    {
        long now = Environment.TickCount64;
        ServersUnreachableException reason = new(_lastProblem ?? "stopped");
        long lost = now - lostAt;
        if (Current.SessionId != 0 && now - _lastHeardAt > Current.Timeout.TotalMilliseconds)
        {
            ForgetSession("no server could be reached within its timeout");
        }

        if (lost > _settings.Timeout.TotalMilliseconds) Watches.Lose(reason);
        lock (_lock)
        {
            // No use in letting anybody wait: nothing listens there. Servers that listen and do not serve are electing a leader.
            if (areAllRefused) FailWaiting(reason);

            if (_waiting > 0 || Current.SessionId != 0 || lost <= _settings.Timeout.TotalMilliseconds) return false;
            _running = null;
            return true;
        }
    }

    private void ForgetSession(string why)
    {
        _log.SessionLost(Current.SessionId, why);
        Volatile.Write(ref _current, new ConnectResponse(TimeSpan.Zero, 0, new byte[16]));
        _lastZxid = 0;
        Watches.LoseSession();
    }

    /// <summary>Waits a while that differs from client to client, so that they do not come all at once to a server that is back.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        int milliseconds = (int)pause.TotalMilliseconds;
        try
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(milliseconds / 2, milliseconds + 1), _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at it.
        }
    }
}
