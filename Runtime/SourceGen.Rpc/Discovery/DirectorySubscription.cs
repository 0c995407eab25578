using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// One listener to one condition. Takes snapshots from whoever has them and gives the latest to the listener, one at a time, on threads of
/// the pool: a listener that is slow, blocks or throws holds up nobody.
/// </summary>
internal sealed class DirectorySubscription(ServiceUrl condition, INotifyListener listener, ILogger logger)
{
    private static readonly AsyncLocal<DirectorySubscription?> s_notifying = new();

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServiceSnapshot? _pending;
    private ServiceSnapshot? _last;
    private Task _pump = Task.CompletedTask;
    private bool _isPumping;
    private bool _isOver;

    /// <summary>What it is subscribed to.</summary>
    public ServiceUrl Condition => condition;

    /// <summary>The listener has been given a snapshot.</summary>
    public Task Delivered => _delivered.Task;

    /// <summary>Something changed. Returns at once.</summary>
    /// <param name="source">All that is known of the service.</param>
    public void Offer(ServiceSnapshot source)
    {
        lock (_gate)
        {
            if (_isOver) return;
            _pending = source;
            if (_isPumping) return;
            _isPumping = true;
            _pump = Task.Run(PumpAsync);
        }
    }

    /// <summary>Ends it; when this returns, the listener is not running, unless it is the listener that calls this.</summary>
    public async ValueTask EndAsync()
    {
        Task pump;
        lock (_gate)
        {
            _isOver = true;
            _pending = null;
            pump = _pump;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        if (s_notifying.Value != this) await pump.ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        s_notifying.Value = this;
        while (true)
        {
            ServiceSnapshot? source;
            lock (_gate)
            {
                source = _pending;
                _pending = null;
                if (source is null)
                {
                    _isPumping = false;
                    return;
                }
            }

            ServiceSnapshot selected = Select(source);
            if (_last is not null && !IsNews(selected, _last)) continue;
            _last = selected;
            try
            {
                await listener.NotifyAsync(selected, _ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                // It was told to stop, and did.
            }
            catch (Exception e)
            {
                DirectoryLog.ListenerFailed(logger, condition, e);
            }

            _delivered.TrySetResult();
        }
    }

    private ServiceSnapshot Select(ServiceSnapshot source) => new(
        condition.ServiceName,
        (_last?.Number ?? 0) + 1,
        [.. source.Records.Where(condition.Selects)],
        _last,
        source.IsStale,
        source.ReadAt);

    private static bool IsNews(ServiceSnapshot now, ServiceSnapshot before) =>
        now.IsStale != before.IsStale || !(now.Added.IsEmpty && now.Changed.IsEmpty && now.Removed.IsEmpty);
}
