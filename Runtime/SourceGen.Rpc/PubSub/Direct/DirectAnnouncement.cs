using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>Keeps this process's subscriptions in the registry: enters them when they change, and renews them.</summary>
internal sealed class DirectAnnouncement : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly RegisterOptions s_lease = new() { TimeToLive = TimeSpan.FromSeconds(30) };

    private readonly IRegistry _registry;
    private readonly TimeSpan _timeout;
    private readonly string _service;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _renewing;
    private ServiceNode? _node;
    private bool _isEntered;
    private volatile RegistryState? _trouble;

    public DirectAnnouncement(IRegistry registry, string service, TimeSpan timeout, ILogger logger)
    {
        _registry = registry;
        _service = service;
        _timeout = timeout;
        _logger = logger;
        _renewing = Task.Run(RenewAsync);
    }

    /// <summary>Since when it does not succeed, and why; null when it does.</summary>
    public RegistryState? Trouble => _trouble;

    /// <summary>Enters the node in place of what was entered before; takes it out when it has no subscriptions.</summary>
    /// <param name="node">The node; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The registry cannot be reached, or does not take it. It is tried again all the same.</exception>
    public async Task SetAsync(ServiceNode? node, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ServiceNode? before = _node;
            _node = node;
            await EnterAsync(before, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A plug-in of somebody's: whatever it throws, it is tried again.")]
    private async Task RenewAsync()
    {
        CancellationToken ending = _ending.Token;
        while (true)
        {
            await Task.Delay(_trouble is null ? s_interval : s_retry, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested) return;
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                await EnterAsync(_node, ending).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                DirectLog.NotRenewed(_logger, _registry.Address, e.Message);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task EnterAsync(ServiceNode? before, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        try
        {
            if (_node is { } node)
            {
                _isEntered = true; // Also when it fails: the registry may have done it.
                await _registry.RegisterAsync(ToRecord(node), s_lease, timeout.Token).ConfigureAwait(false);
            }
            else if (_isEntered && before is not null)
            {
                await _registry.DeregisterAsync(ToRecord(before), s_lease, timeout.Token).ConfigureAwait(false);
                _isEntered = false;
            }

            _trouble = null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            string problem = timeout.IsCancellationRequested
                ? $"the registry {_registry.Address} did not answer within {_timeout.TotalSeconds:0.###} s."
                : e.Message;
            _trouble ??= new RegistryState(IsConnected: false, DateTimeOffset.UtcNow, problem);
            if (timeout.IsCancellationRequested) throw RegistryErrors.Unavailable(_registry.Address, $"register {_service}", problem, e);
            throw;
        }
    }

    private ServiceRecord ToRecord(ServiceNode node) => new(_service) { Nodes = [node] };
}
