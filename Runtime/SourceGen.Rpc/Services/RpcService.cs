using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Services;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>
/// A program that serves and calls, without a host: a server, a client, and the registry in which the one is entered and the other looks.
/// <see cref="RunAsync"/> does the rest. It runs once.
/// </summary>
/// <example>
/// <code>
/// RpcServiceOptions options = new() { Name = "greeter" };
/// options.Listen("tcp://0.0.0.0:5000").UseRegistry("etcd://127.0.0.1:2379", new EtcdRegistryProvider());
/// await using RpcService service = new RpcService(options).AddService&lt;IGreeter&gt;(new Greeter());
/// await service.RunAsync();
/// </code>
/// </example>
public sealed class RpcService : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly IRegistry? _registry;
    private readonly ServiceDirectory? _directory;
    private readonly RpcServer? _server;
    private readonly RpcClient? _client;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private State _state;

    /// <summary>Creates the service, with its server and its client. Nothing listens or connects yet.</summary>
    /// <param name="options">What it is made of. The service uses them from now on.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or no provider serves the registry's address; the message says what to do.
    /// </exception>
    public RpcService(RpcServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Name);
        Options = options;
        _logger = ContainedLogger.Create(options.LoggerFactory, ServiceLog.Category);
        if (options.Server.LoggerFactory == NullLoggerFactory.Instance) options.Server.LoggerFactory = options.LoggerFactory;
        if (options.Client.LoggerFactory == NullLoggerFactory.Instance) options.Client.LoggerFactory = options.LoggerFactory;
        if (options.Directory.LoggerFactory == NullLoggerFactory.Instance) options.Directory.LoggerFactory = options.LoggerFactory;
        options.Directory.Validate();
        if (options.Registry is { } address) _registry = RegistryChoice.Create(address, [.. options.RegistryProviders]);
        if (options.Server.Addresses.Count > 0)
        {
            options.Server.Registration.Registry ??= _registry;
            options.Server.Registration.Metadata.TryAdd("app", options.Name);
            if (options.Version.Length > 0) options.Server.Registration.Metadata.TryAdd("app-version", options.Version);
            options.Server.Validate();
            _server = new RpcServer(options.Server);
        }

        if (options.Client.Address is null && options.Client.Directory is null && _registry is not null)
            options.Client.Directory = _directory = new ServiceDirectory(_registry, options.Directory);
        if (options.Client.Address is not null || options.Client.Directory is not null) _client = RpcClient.Create(options.Client);
    }

    private enum State
    {
        New,
        Started,
        Stopped,
    }

    /// <summary>What it is made of.</summary>
    public RpcServiceOptions Options { get; }

    /// <summary>The server.</summary>
    /// <exception cref="InvalidOperationException">The service has none: its options name no address to listen at.</exception>
    public RpcServer Server => _server ?? throw new InvalidOperationException(
        $"{Options.Name} has no server; tell it where to listen, for example options.Listen(\"tcp://0.0.0.0:5000\").");

    /// <summary>The client. It can be used before the service runs, and until it has stopped.</summary>
    /// <exception cref="InvalidOperationException">The service has none: its options name neither a server to call nor a registry.</exception>
    public RpcClient Client => _client ?? throw new InvalidOperationException(
        $"{Options.Name} has no client; tell it where to find servers, with options.UseRegistry(...) or options.Client.Address.");

    /// <summary>Offers a service, as <see cref="RpcServer.AddService{TService}(TService)"/> does.</summary>
    /// <param name="implementation">The implementation, for all calls; its methods run concurrently.</param>
    /// <returns>This service.</returns>
    /// <exception cref="InvalidOperationException">It has no server, is started, or offers a service of that name and version.</exception>
    public RpcService AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        Server.AddService(implementation);
        return this;
    }

    /// <summary>Offers a service, as <see cref="RpcServer.AddService{TService}(ServiceSource{TService})"/> does.</summary>
    /// <param name="source">Where the implementation comes from, for each call if it wishes.</param>
    /// <returns>This service.</returns>
    /// <exception cref="InvalidOperationException">It has no server, is started, or offers a service of that name and version.</exception>
    public RpcService AddService<TService>(ServiceSource<TService> source)
        where TService : class, IRpcContract<TService>
    {
        Server.AddService(source);
        return this;
    }

    /// <summary>
    /// Starts, runs until it is asked to stop, by <paramref name="cancellationToken"/> or by a signal of the system
    /// (<see cref="RpcServiceOptions.HandleSignals"/>), and stops in order. Returns normally then, also when it was asked before the start
    /// was over.
    /// </summary>
    /// <param name="cancellationToken">Asks it to stop.</param>
    /// <exception cref="Exception">
    /// What <see cref="StartAsync"/> failed with, after which nothing is left running; or what a hook failed with while it stopped.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using StopSignals signals = new(Options.HandleSignals);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signals.Stop);
        try
        {
            await StartAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Token.UnsafeRegister(static asked => ((TaskCompletionSource)asked!).TrySetResult(), asked).ConfigureAwait(false))
            await asked.Task.ConfigureAwait(false);
        ServiceLog.Stops(_logger, Options.Name, signals.Stop.IsCancellationRequested ? "a signal" : "its cancellation");
        await StopAsync(signals.Hurry).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts: the hooks before, the server, which is then entered in the registry, the hooks after. When something fails, what was started is
    /// stopped again, and the service stays stopped.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">What failed; see <see cref="RpcServer.StartAsync"/>.</exception>
    /// <exception cref="InvalidOperationException">The service was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != State.New) throw new InvalidOperationException($"{Options.Name} was started before; a service starts once.");
            try
            {
                foreach (var hook in Options.BeforeStart) await hook(this, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (_server is not null) await _server.StartAsync(cancellationToken).ConfigureAwait(false);
                foreach (var hook in Options.AfterStart) await hook(this, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                _state = State.Started;
                ServiceLog.Runs(
                    _logger, Options.Name, Options.Version, _server is null ? "no address of its own" : string.Join(", ", _server.Addresses));
            }
            catch
            {
                _state = State.Stopped;
                List<Exception> failures = []; // Logged; the start's own failure is what matters.
                await CloseAsync(new CancellationToken(canceled: true), failures).ConfigureAwait(false); // Nobody was promised anything yet.
                throw;
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops in order: the hooks before, the server (<see cref="RpcServer.StopAsync"/>: out of the registry, no new calls, those in flight
    /// finish), the client, the registry, the hooks after. Stopping twice is harmless; a service that was not started only lets go of its
    /// client and its registry.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting for calls in flight early.</param>
    /// <exception cref="AggregateException">Hooks failed; everything was stopped nevertheless.</exception>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_state == State.Stopped) return;
            bool hadStarted = _state == State.Started;
            _state = State.Stopped;
            List<Exception> failures = [];
            if (hadStarted) await RunStopHooksAsync(Options.BeforeStop, failures, cancellationToken).ConfigureAwait(false);
            await CloseAsync(cancellationToken, failures, withHooks: hadStarted).ConfigureAwait(false);
            if (failures.Count > 0) throw new AggregateException($"Hooks failed while {Options.Name} stopped.", failures);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Stops the service as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task CloseAsync(CancellationToken hurry, List<Exception> failures, bool withHooks = true)
    {
        if (_server is not null) await _server.StopAsync(hurry).ConfigureAwait(false);
        if (_client is not null) await _client.DisposeAsync().ConfigureAwait(false);
        if (_directory is not null) await _directory.DisposeAsync().ConfigureAwait(false);
        if (_registry is not null) await _registry.DisposeAsync().ConfigureAwait(false);
        if (withHooks) await RunStopHooksAsync(Options.AfterStop, failures, hurry).ConfigureAwait(false);
    }

    private async Task RunStopHooksAsync(
        IList<Func<RpcService, CancellationToken, ValueTask>> hooks, List<Exception> failures, CancellationToken cancellationToken)
    {
        for (int i = hooks.Count - 1; i >= 0; i--)
        {
            try
            {
                await hooks[i](this, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                ServiceLog.HookFailed(_logger, Options.Name, e);
                failures.Add(e);
            }
        }
    }
}
