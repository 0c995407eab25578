using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc;

/// <summary>
/// Serves <see cref="ServiceAttribute">[Service]</see> interfaces to clients. Add the services, start it, and stop or dispose of it;
/// it does not start twice. It needs neither a host nor dependency injection.
/// </summary>
public sealed partial class RpcServer : IAsyncDisposable
{
    private static readonly Task s_never = new TaskCompletionSource().Task;

    private const string ShuttingDown = "the server is shutting down";

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a client may take at most to read that the server leaves, and to close.</summary>
    private static readonly TimeSpan s_farewellTimeout = TimeSpan.FromSeconds(1);

    private readonly RpcServerOptions _options;
    private readonly ILogger _logger;
    private readonly List<ServiceRegistration> _services = [];
    private readonly List<ConnectionAcceptor> _acceptors = [];
    private readonly ConcurrentDictionary<RpcConnection, byte> _connections = new();
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private ServerProtocol? _protocol;
    private LifecycleRunner? _hooks;
    private State _state;
    private volatile bool _stopping;

    /// <summary>Creates a server.</summary>
    /// <param name="options">Where it listens and how it behaves; at least one address.</param>
    public RpcServer(RpcServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        Admission = new ConnectionAdmission(options, Rejections);
        _logger = ContainedLogger.Create(options.LoggerFactory, "SourceGen.Rpc.Server");
    }

    private enum State
    {
        New,
        Started,
        Stopped,
    }

    /// <summary>The concrete addresses the server listens at; empty until it is started.</summary>
    public IReadOnlyList<RpcAddress> Addresses { get; private set; } = [];

    /// <summary>What was turned away because of the limits.</summary>
    internal RejectionCounters Rejections { get; } = new();

    /// <summary>Who counts the connections.</summary>
    internal ConnectionAdmission Admission { get; }

    /// <summary>Offers a service that one object implements for all calls; its methods run concurrently.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <returns>This server.</returns>
    /// <exception cref="InvalidOperationException">The server is started, or offers a service of that name and version already.</exception>
    public RpcServer AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return AddService(new SharedServiceSource<TService>(implementation));
    }

    /// <summary>Offers a service whose implementation comes from <paramref name="source"/>, for each call if it wishes.</summary>
    /// <param name="source">Where the implementation comes from.</param>
    /// <returns>This server.</returns>
    /// <exception cref="InvalidOperationException">The server is started, or offers a service of that name and version already.</exception>
    public RpcServer AddService<TService>(ServiceSource<TService> source)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(source);
        RpcContract<TService> contract = TService.Contract;
        if (_state != State.New) throw new InvalidOperationException($"Add {contract.Name} before the server is started.");
        if (_services.Any(service => service.Contract.Name == contract.Name && service.Contract.Version == contract.Version))
        {
            throw new InvalidOperationException(
                $"The server already offers {contract.Name}{(contract.Version.Length > 0 ? $" version {contract.Version}" : "")}. "
                + "Add it once, or give one of the two interfaces another [Service(Name = ...)] or [Service(Version = ...)].");
        }

        _services.Add(new ServiceRegistration<TService>(contract, source));
        return this;
    }

    /// <summary>
    /// Begins to listen and serve. When it fails, what it has done is undone: nothing is left listening or registered, and those of
    /// <see cref="RpcServerOptions.Lifecycle"/> that were started are stopped.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">
    /// An option is missing or out of range, or what a contract or <see cref="RpcServerOptions.Access"/> asks of callers cannot be
    /// enforced.
    /// </exception>
    /// <exception cref="NotSupportedException">A codec cannot serialize a type of a service, or no transport serves an address.</exception>
    /// <exception cref="RpcException">
    /// An address is in use or cannot be listened at, or the server cannot be registered and must be
    /// (<see cref="RpcRegistrationOptions.IsRequired"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The server was started before, or one of <see cref="RpcServerOptions.Lifecycle"/> has failed; the message says which, and in what.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != State.New) throw new InvalidOperationException("A server starts once; create another one.");
            _options.Validate();
            LifecycleRunner hooks = _hooks = new LifecycleRunner(this, [.. _options.Lifecycle], _options.HookTimeout, _logger);
            try
            {
                List<ServiceRegistration> services = AddBuiltIns(out CallCounts? counts);
                ErrorPolicy errors = new(_options.IncludeExceptionDetails, _logger);
                ServerProtocol protocol = _protocol = new ServerProtocol(_options, services, errors, Rejections, counts, _logger);
                await hooks.StartingAsync(cancellationToken).ConfigureAwait(false);
                await ListenAsync(protocol, cancellationToken).ConfigureAwait(false);
                Serve(services);
                await OpenHereAsync(protocol, cancellationToken).ConfigureAwait(false);
                await SubscribeAsync(cancellationToken).ConfigureAwait(false);
                await StartRegistrationAsync(cancellationToken).ConfigureAwait(false);
                await hooks.StartedAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await UndoStartAsync(hooks).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops in order: the server is not ready, leaves the registry, accepts no more connections, tells connected clients to go elsewhere,
    /// serves what was on its way for <see cref="RpcServerOptions.GoAwayGrace"/>, and then refuses new calls; the calls in flight have
    /// <see cref="RpcServerOptions.DrainTimeout"/> to finish, and the clients up to a second of it to close; then the connections are closed.
    /// docs/lifecycle.md has each step and what bounds it. Stopping twice, or a server that was not started, is harmless.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting for clients and for calls in flight early.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_state != State.Started)
            {
                _state = State.Stopped;
                return;
            }

            await StopServingAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Stops the server as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static void SayGoodbye(RpcConnection connection) =>
        connection.SendGoAway(RpcStatusCode.Unavailable, ShuttingDown);

    /// <summary>Listens at every address. Nobody is accepted yet.</summary>
    private async Task ListenAsync(ServerProtocol protocol, CancellationToken cancellationToken)
    {
        TransportRegistry transports = new(_options.Transports);
        foreach (string text in _options.Addresses)
        {
            RpcAddress address = RpcAddress.Parse(text);
            ITransportListener listener = await transports.Get(address).ListenAsync(address, cancellationToken).ConfigureAwait(false);
            _acceptors.Add(new ConnectionAcceptor(listener, protocol, Admission, Serve, _logger));
        }

        Addresses = [.. _acceptors.Select(acceptor => acceptor.Address)];
    }

    private void Serve(List<ServiceRegistration> services)
    {
        _state = State.Started;
        NoteStart(services);
        foreach (ConnectionAcceptor acceptor in _acceptors)
        {
            acceptor.Start();
            ServerLog.Listening(_logger, acceptor.Address);
        }
    }

    /// <summary>A start has failed: what it did is undone, and no call is waited for, because nobody was promised anything yet.</summary>
    private async Task UndoStartAsync(LifecycleRunner hooks)
    {
        if (_state == State.Started)
        {
            await StopServingAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            return;
        }

        await StopAcceptingAsync().ConfigureAwait(false);
        _protocol?.Admission?.Stop();
        await hooks.StoppedAsync().ConfigureAwait(false);
    }

    private async Task StopServingAsync(CancellationToken cancellationToken)
    {
        _state = State.Stopped;
        _registration?.Hold(); // Or it would deregister beside the hooks, which come first.
        Health.Stop();
        await _hooks!.StoppingAsync().ConfigureAwait(false);
        if (_registration is { } registration) await registration.StopAsync().ConfigureAwait(false);
        await UnsubscribeAsync(cancellationToken).ConfigureAwait(false);
        await WaitAsync(_options.StopDelay, s_never, cancellationToken).ConfigureAwait(false);
        _stopping = true;
        await StopAcceptingAsync().ConfigureAwait(false);
        RpcConnection[] connections = [.. _connections.Keys];
        ServerLog.Stopping(_logger, connections.Length, connections.Sum(connection => connection.Running.Count));
        await LetGoAsync(connections, cancellationToken).ConfigureAwait(false);
        await DrainAsync(connections, cancellationToken).ConfigureAwait(false);
        RpcException reason = new(RpcStatusCode.Unavailable, ShuttingDown) { Progress = RpcCallProgress.Unknown };
        await Task.WhenAll(connections.Select(connection => connection.CloseInOrderAsync(reason, s_closeTimeout))).ConfigureAwait(false);
        _protocol!.Admission?.Stop();
        await _hooks.StoppedAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Tells the clients twice, as HTTP/2 servers do (RFC 9113, section 6.8): first that they make no more calls, then, when the calls that were
    /// sent before they read that have arrived, which was the last one to be accepted.
    /// </summary>
    private async Task LetGoAsync(RpcConnection[] connections, CancellationToken cancellationToken)
    {
        if (_options.GoAwayGrace > TimeSpan.Zero && !cancellationToken.IsCancellationRequested)
        {
            foreach (RpcConnection connection in connections) connection.AnnounceGoAway(RpcStatusCode.Unavailable, ShuttingDown);
            Task closed = Task.WhenAll(connections.Select(static connection => connection.Closed));
            await WaitAsync(_options.GoAwayGrace, closed, cancellationToken).ConfigureAwait(false);
        }

        foreach (RpcConnection connection in connections) SayGoodbye(connection);
    }

    private static async Task WaitAsync(TimeSpan atMost, Task until, CancellationToken cancellationToken)
    {
        if (atMost > TimeSpan.Zero) await until.WaitAsync(atMost, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task StopAcceptingAsync()
    {
        await CloseHereAsync().ConfigureAwait(false);
        foreach (ConnectionAcceptor acceptor in _acceptors) await acceptor.DisposeAsync().ConfigureAwait(false);
        _acceptors.Clear();
    }

    private void Serve(RpcConnection connection)
    {
        _connections.TryAdd(connection, 0);
        Interlocked.Increment(ref _accepted);
        connection.Closed.ContinueWith(
            static (_, state) =>
            {
                var (server, connection) = ((RpcServer, RpcConnection))state!;
                server.Forget(connection);
            },
            (this, connection),
            TaskScheduler.Default);
        connection.Start();
        if (_stopping) SayGoodbye(connection); // It came between the end of accepting and the farewell to the others.
    }

    private void Forget(RpcConnection connection)
    {
        lock (_bytesGate)
        {
            if (_connections.TryRemove(connection, out byte _)) _bytesOfEnded += connection.Bytes;
        }
    }

    private async Task DrainAsync(RpcConnection[] connections, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Task drained = Task.WhenAll(connections.Select(connection => connection.WhenIdleAsync()));
        try
        {
            await drained.WaitAsync(_options.DrainTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            ServerLog.DrainTimedOut(_logger, connections.Sum(connection => connection.Running.Count), Stopwatch.GetElapsedTime(start));
            return;
        }

        // A call may be on its way that was sent before the farewell was read. It is refused, so that it can be made elsewhere; a connection
        // that was closed meanwhile would leave its caller not knowing whether it ran. Clients close when they have their answers.
        TimeSpan left = _options.DrainTimeout - Stopwatch.GetElapsedTime(start);
        if (left > s_farewellTimeout) left = s_farewellTimeout;
        Task closed = Task.WhenAll(connections.Select(static connection => connection.Closed));
        await WaitAsync(left, closed, cancellationToken).ConfigureAwait(false);
    }
}
