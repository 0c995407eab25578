using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// A client's way to one server: keeps a connection, replaces it when it is lost or the server leaves, and lets calls wait meanwhile.
/// </summary>
internal sealed class ClientChannel : CallChannel, IAsyncDisposable
{
    /// <summary>A connection that is not there after so many milliseconds is not waited for by calls that can go elsewhere.</summary>
    private const long SoonMs = 250;

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);

    private readonly RpcClientOptions _options;
    private readonly ClientConnector _connector;
    private readonly CredentialStore? _credentials;
    private readonly ILogger _logger;
    private readonly bool _isOneOfMany;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();
    private TaskCompletionSource<RpcConnection>? _next;
    private TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<bool>? _watchers;
    private long _firstAttemptBegan;
    private Exception? _lastFailure;
    private volatile RpcException? _refusal;
    private int _attempts;
    private int _shortLived;
    private long _adoptedAt;

    public ClientChannel(RpcAddress address, RpcClientOptions options)
        : this(
            address,
            options,
            options.Credentials is { } credentials ? new CredentialStore(credentials, options.ConnectTimeout) : null,
            FilterChain.Of(options.Filters),
            isOneOfMany: false)
    {
    }

    /// <param name="address">The server's address.</param>
    /// <param name="options">How it connects and calls.</param>
    /// <param name="credentials">Where its credentials come from, which it may share with others; null for nowhere.</param>
    /// <param name="filters">What runs around its calls, in place of what the options say.</param>
    /// <param name="isOneOfMany">
    /// Whether calls may go elsewhere: then they do not wait for a connection while there is none, but fail as not sent.
    /// </param>
    public ClientChannel(
        RpcAddress address, RpcClientOptions options, CredentialStore? credentials, FilterChain filters, bool isOneOfMany)
        : base(
            (int)options.CallTimeout.TotalMilliseconds,
            options.Headers.Copy(),
            filters,
            TelemetryEndpoint.Of(address),
            credentials is { IsPerCall: true } ? credentials : null)
    {
        options.Validate();
        _options = options;
        _credentials = credentials;
        _isOneOfMany = isOneOfMany;
        _logger = ContainedLogger.Create(options.LoggerFactory, "SourceGen.Rpc.Client");
        Services = new ClientServices(options, _logger);
        _connector = new ClientConnector(address, options, Services, credentials, OnUnauthenticated, _logger);
    }

    /// <summary>The server's address.</summary>
    public RpcAddress Address => _connector.Address;

    /// <summary>What bounds this side.</summary>
    public RpcLimits Limits => _options.Limits;

    /// <summary>What the client offers to its server.</summary>
    public ClientServices Services { get; }

    /// <summary>Why the last attempt to connect failed; null when none did.</summary>
    public Exception? LastFailure => _lastFailure;

    /// <summary>
    /// Why the server, or this side, does not want a connection, if the last attempt failed with that; null when waiting for one is not in vain.
    /// </summary>
    public RpcException? Refusal => _refusal;

    /// <summary>Opens the first connection, in one attempt.</summary>
    /// <exception cref="RpcException">It failed; the message says why.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        RpcConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (!TryAdopt(connection)) await CloseAsync(connection).ConfigureAwait(false);
    }

    /// <summary>
    /// Gets the connection, waiting for one up to the connect timeout, or to the call's own limit if that is shorter; where calls may go
    /// elsewhere, not at all.
    /// </summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="callTimeoutMs">The call's own limit in milliseconds; -1 for none.</param>
    /// <param name="remainingMs">What remains of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: there was none within the connect timeout;
    /// <see cref="RpcStatusCode.DeadlineExceeded"/>: there was none within the call's own limit.
    /// </exception>
    public override async ValueTask<RpcConnection> GetConnectionAsync(
        string methodName, int callTimeoutMs, int remainingMs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<RpcConnection> next;
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) throw Disposed(methodName);
            if (Current is { IsUsable: true } current) return current;
            next = NextConnection();
        }

        if (_isOneOfMany && !next.IsCompletedSuccessfully) throw NotConnected(methodName);
        return await WaitAsync(next, methodName, callTimeoutMs, remainingMs, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a connection as <see cref="GetConnectionAsync"/> does, also where calls may go elsewhere.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="remainingMs">What remains of the call's time, in milliseconds; -1 for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There was none in time.</exception>
    public async ValueTask WaitForConnectionAsync(string methodName, int remainingMs, CancellationToken cancellationToken)
    {
        Task<RpcConnection> next;
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) throw Disposed(methodName);
            if (Current is { IsUsable: true }) return;
            next = NextConnection();
        }

        await WaitAsync(next, methodName, remainingMs, remainingMs, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RpcConnection> WaitAsync(
        Task<RpcConnection> next, string methodName, int callTimeoutMs, int remainingMs, CancellationToken cancellationToken)
    {
        bool callIsShorter = callTimeoutMs >= 0 && callTimeoutMs < _options.ConnectTimeout.TotalMilliseconds;
        TimeSpan limit = callIsShorter ? TimeSpan.FromMilliseconds(callTimeoutMs) : _options.ConnectTimeout;
        try
        {
            TimeSpan wait = callIsShorter ? TimeSpan.FromMilliseconds(remainingMs) : limit;
            return await next.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            string why = _lastFailure?.Message ?? "the attempt did not come to an end.";
            throw new RpcException(
                callIsShorter ? RpcStatusCode.DeadlineExceeded : RpcStatusCode.Unavailable,
                $"{methodName} was not sent: there was no connection to {Address} for {limit.TotalSeconds:0.###} s, "
                + $"in {_attempts} attempts. Last: {why}",
                _lastFailure)
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
        catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
        {
            throw Disposed(methodName);
        }
        catch (RpcException e)
        {
            throw new RpcException(e.Code, $"{methodName} was not sent: {e.Detail}", e) { Progress = RpcCallProgress.NotSent };
        }
    }

    /// <summary>
    /// Completes when there is a connection, which begins to be opened, or when waiting for one is in vain; never once the client is
    /// disposed.
    /// </summary>
    public Task WhenConnected()
    {
        lock (_gate) return Current is { IsUsable: true } ? Task.CompletedTask : NextConnection();
    }

    /// <summary>
    /// Completes when an attempt to connect has come to an end, well or not; the attempt begins if there is none. At once when there is a
    /// connection, or the attempts failed so far.
    /// </summary>
    public Task WhenAttempted()
    {
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested || Current is { IsUsable: true }) return Task.CompletedTask;
            NextConnection();
            return _firstAttempt.Task;
        }
    }

    /// <summary>Whether an attempt to connect has just begun, and nothing speaks against it yet.</summary>
    public bool MayConnectSoon
    {
        get
        {
            lock (_gate) return _next is not null && !_firstAttempt.Task.IsCompleted && Environment.TickCount64 - _firstAttemptBegan < SoonMs;
        }
    }

    /// <summary>
    /// Has somebody told whether there is a connection: now, and each time that changes. On whatever thread changes it, under a lock: it must
    /// be brief.
    /// </summary>
    public void Watch(Action<bool> watcher)
    {
        lock (_gate)
        {
            _watchers += watcher;
            watcher(Current is { IsUsable: true });
        }
    }

    /// <summary>Ends what <see cref="Watch"/> began.</summary>
    public void Unwatch(Action<bool> watcher)
    {
        lock (_gate) _watchers -= watcher;
    }

    /// <summary>Takes no more calls, lets those in flight finish, and closes.</summary>
    public void Retire() => TakeLast()?.Retire(); // Which makes it unusable first, so that no call slips in behind, and closes it when it is idle.

    /// <summary>
    /// Closes the connection when the calls that this side serves are done, or their time is up. Calls in flight, and those that wait for a
    /// connection, fail.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        RpcConnection? connection = TakeLast();
        if (connection is not null) await DrainAndCloseAsync(connection).ConfigureAwait(false);
    }

    private RpcException NotConnected(string methodName) => new(
        RpcStatusCode.Unavailable,
        $"{methodName} was not sent: the connection to {Address} is lost. {_lastFailure?.Message}".TrimEnd(),
        _lastFailure)
    {
        Progress = RpcCallProgress.NotSent,
    };

    private static RpcException Disposed(string methodName) =>
        new(RpcStatusCode.Unavailable, $"{methodName} was not sent: the client is disposed.") { Progress = RpcCallProgress.NotSent };

    private static Task CloseAsync(RpcConnection connection) => connection.CloseInOrderAsync(
        new RpcException(RpcStatusCode.Unavailable, "the client was disposed") { Progress = RpcCallProgress.Unknown }, s_closeTimeout);

    /// <summary>Takes the connection away from new calls, and makes no other.</summary>
    /// <returns>The connection; null when there is none, or it was taken before.</returns>
    private RpcConnection? TakeLast()
    {
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) return null;
            _disposing.Cancel();
            RpcConnection? connection = Current;
            Current = null;
            _watchers?.Invoke(false);
            _next?.TrySetCanceled();
            _firstAttempt.TrySetResult();
            return connection;
        }
    }

    /// <summary>The connection to come; begins to connect if nobody did. The gate is held.</summary>
    private Task<RpcConnection> NextConnection()
    {
        if (_next is null)
        {
            _next = new TaskCompletionSource<RpcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            _firstAttempt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _firstAttemptBegan = Environment.TickCount64;
            _ = Task.Run(ReconnectAsync);
        }

        return _next.Task;
    }

    /// <summary>Tries to connect until it succeeds or the client is disposed, waiting longer and longer in between.</summary>
    private async Task ReconnectAsync()
    {
        Backoff backoff = new(_options.ReconnectDelay, _options.MaxReconnectDelay);
        _attempts = 0;
        if (_shortLived > 1)
        {
            // Something accepts and drops: without a pause this would be a busy loop over the network.
            backoff.Skip(_shortLived - 2);
            await Task.Delay(backoff.Next(), _disposing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (!_disposing.IsCancellationRequested)
        {
            _attempts++;
            try
            {
                RpcConnection connection = await _connector.ConnectAsync(_disposing.Token).ConfigureAwait(false);
                if (!TryAdopt(connection)) await CloseAsync(connection).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _lastFailure = e;
                TimeSpan delay = backoff.Next();
                _refusal = e as RpcException is { Code: RpcStatusCode.Unauthenticated or RpcStatusCode.FailedPrecondition } known ? known : null;
                if (_refusal is { } refusal) FailWaiting(refusal);
                lock (_gate) _firstAttempt.TrySetResult();
                ClientLog.ConnectFailed(_logger, _attempts, Address, (int)delay.TotalMilliseconds, e.Message);
                await Task.Delay(delay, _disposing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Starts a connection and sends the calls over it from now on.</summary>
    /// <returns>False when the client is disposed; the connection is the caller's to close.</returns>
    internal bool TryAdopt(RpcConnection connection)
    {
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) return false;
            connection.Leaving += OnLeaving;
            Current = connection;
            _adoptedAt = Environment.TickCount64;
            _refusal = null;
            TaskCompletionSource<RpcConnection>? next = _next;
            _next = null;
            connection.Start();
            _watchers?.Invoke(true);
            next?.TrySetResult(connection);
            _firstAttempt.TrySetResult();
        }

        if (connection.RenewAfter is { } time) _ = RenewAsync(connection, time);
        return true;
    }

    /// <summary>
    /// Waiting for what does not come by waiting is in vain: the calls that wait learn why. The next ones wait for the next attempt.
    /// </summary>
    private void FailWaiting(RpcException reason)
    {
        TaskCompletionSource<RpcConnection>? waiting;
        lock (_gate)
        {
            waiting = _next;
            if (waiting is null) return;
            _next = new TaskCompletionSource<RpcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.TrySetException(reason);
        _ = waiting.Task.Exception; // Perhaps nobody waited.
    }

    /// <summary>
    /// The credential of a connection ends soon: another connection takes over, and the calls in flight finish on the old one.
    /// </summary>
    private static async Task RenewAsync(RpcConnection connection, TimeSpan time)
    {
        await connection.Closed.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.Retire();
    }

    /// <summary>The server does not accept a credential of the client's, or does not any more. On the receiver.</summary>
    private void OnUnauthenticated(RpcConnection connection, RpcCredential refused)
    {
        if (_credentials is not { IsFixed: false } credentials) return;
        credentials.Forget(refused);

        // Leaving begins to connect, which is not for this thread to do.
        if (!credentials.IsPerCall)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Retire(), connection, preferLocal: false);
    }

    private void OnLeaving(RpcConnection connection)
    {
        lock (_gate)
        {
            if (Current == connection)
            {
                Current = null;
                _watchers?.Invoke(false);
                bool shortLived = Environment.TickCount64 - _adoptedAt < _options.MaxReconnectDelay.TotalMilliseconds;
                _shortLived = shortLived ? Math.Min(_shortLived + 1, 100) : 0;
                if (!_disposing.IsCancellationRequested) NextConnection();
            }
        }

        if (!connection.IsClosed) _ = CloseWhenIdleAsync(connection);
    }

    /// <summary>The server is leaving: the calls in flight finish first.</summary>
    private async Task CloseWhenIdleAsync(RpcConnection connection)
    {
        await connection.WhenAnsweredAsync().ConfigureAwait(false);
        await DrainAndCloseAsync(connection).ConfigureAwait(false);
    }

    /// <summary>Takes no more calls of the server's, lets those that run finish, and closes.</summary>
    private async Task DrainAndCloseAsync(RpcConnection connection)
    {
        if (connection.Serves)
        {
            connection.SendGoAway(RpcStatusCode.Unavailable, "the client is closing");
            try
            {
                await connection.WhenServedAsync().WaitAsync(_options.DrainTimeout).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                ClientLog.DrainTimedOut(_logger, connection.Running.Count, connection.RemoteAddress, _options.DrainTimeout);
            }
        }

        await CloseAsync(connection).ConfigureAwait(false);
    }
}
