using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>
/// Leaving a server that is about to stop (lame duck mode). All is subscribed to by the next connection before the last one is unsubscribed from and
/// read to its end; then the next one is read. What was published goes by the last one, confirmed by its last pong, or waits for the next one.
/// </summary>
internal sealed partial class NatsClient
{
    /// <summary>After a subscription is in effect at its server, the time in which the other servers of the cluster hear of it.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(100);

    private NatsOverlap? _overlap;

    /// <summary>Whether the connection gets one more batch to send, which ends with a ping; and whether it has it.</summary>
    private bool _isLeaving;
    private bool _isLastSent;

    /// <summary>Waits until the server wants to be left, and leaves it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="running">Its run.</param>
    /// <param name="leaving">Ends its run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection that is in use now and is to be run; null when the last one ended before there was one.</returns>
    private async Task<NatsConnection?> TryMoveAsync(
        NatsConnection connection, Task<string> running, CancellationTokenSource leaving, CancellationToken cancellationToken)
    {
        await Task.WhenAny(running, connection.Leaving).ConfigureAwait(false);
        bool isLogged = false;
        while (!running.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            NatsConnection? next = null;
            TaskCompletionSource<bool> drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                next = await OpenAnyAsync(except: connection.Server, leaving.Token).ConfigureAwait(false);
                HashSet<long> subscribed = await SubscribeAllAsync(next, running, drained, leaving.Token).ConfigureAwait(false);
                await SwitchAsync(next, subscribed, running, drained.Task, leaving).ConfigureAwait(false);
                if (!cancellationToken.IsCancellationRequested) NatsLog.Moved(_logger, Address, connection.Name, next.Name);
                return next;
            }
            catch (Exception e) when (e is RpcException or IOException or NatsProtocolException or OperationCanceledException)
            {
                next?.Dispose();
                lock (_gate) _overlap = null;
                if (!isLogged && !running.IsCompleted) NatsLog.NotMoved(_logger, Address, connection.Name, e.Message);
                isLogged = true;
            }

            // It may still serve for minutes.
            await Task.WhenAny(running, Task.Delay(s_longestWait, cancellationToken)).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Subscribes to everything by a connection beside the one in use, and says that one's last word.</summary>
    /// <returns>What was subscribed to.</returns>
    private async Task<HashSet<long>> SubscribeAllAsync(
        NatsConnection next, Task<string> running, TaskCompletionSource<bool> drained, CancellationToken cancellationToken)
    {
        HashSet<long> subscribed = [];
        while (true)
        {
            NatsWriter subscribing = new();
            lock (_gate)
            {
                if (running.IsCompleted) throw new IOException("the connection was lost meanwhile");
                _overlap ??= new NatsOverlap();
                foreach (NatsSubscriber subscriber in _subscribers.Values)
                {
                    if (!subscriber.IsEnding && subscribed.Add(subscriber.Sid)) subscribing.Subscribe(subscriber.Subject, subscriber.Queue, subscriber.Sid);
                }

                if (subscribing.Length == 0)
                {
                    // From here on there is no way back.
                    foreach (NatsSubscriber subscriber in _subscribers.Values)
                    {
                        if (!subscriber.IsEnding) _pending.Unsubscribe(subscriber.Sid);
                    }

                    Ping(drained);
                    _isLeaving = true;
                    return subscribed;
                }
            }

            subscribing.Ping();
            using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timer.CancelAfter(_options.ReplyTimeout);
            await next.SubscribeAsync(subscribing.Written, timer.Token).ConfigureAwait(false);
            await Task.Delay(s_settling, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads and writes the connection in use to its end, and takes the next one.</summary>
    private async Task SwitchAsync(NatsConnection next, HashSet<long> subscribed, Task<string> running, Task<bool> drained, CancellationTokenSource leaving)
    {
        await Task.WhenAny(running, drained, Task.Delay(_options.ReplyTimeout, CancellationToken.None)).ConfigureAwait(false);
        await leaving.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        NatsSubscriber[] subscribers;
        lock (_gate)
        {
            bool isDrained = drained.IsCompleted;
            _sending.Clear();
            foreach (long sid in subscribed)
            {
                // Unsubscribed from while it was subscribed to here.
                if (!_subscribers.TryGetValue(sid, out NatsSubscriber? subscriber) || subscriber.IsEnding) _sending.Unsubscribe(sid);
            }

            _hasPrefix = _sending.Length > 0;
            subscribers = [.. _subscribers.Values.Where(static subscriber => !subscriber.IsEnding)];
            if (!_isLastSent)
            {
                // The last batch goes to the next server then, and unsubscribes there.
                foreach (NatsSubscriber subscriber in subscribers) _pending.Subscribe(subscriber.Subject, subscriber.Queue, subscriber.Sid);
            }

            TakePings(next.Confirmations, isDrained);
            _isLeaving = false;
            _isLastSent = false;
            _connection = next;
            _overlap?.BeginSecond();
            Signal();
        }

        OnInfo(next);
        foreach (NatsSubscriber subscriber in subscribers) subscriber.OnMoved();
    }

    /// <summary>The pings that the next connection answers: those that were sent to subscribe, then those that wait to be sent.</summary>
    private void TakePings(int confirmations, bool isDrained)
    {
        TaskCompletionSource<bool>?[] waiting = [.. _pings];
        _pings.Clear();
        for (int i = 0; i < confirmations; i++) _pings.Enqueue(null);
        if (isDrained)
        {
            foreach (TaskCompletionSource<bool>? ping in waiting) _pings.Enqueue(ping);
            return;
        }

        // Which of them were sent is not known; they are asked again.
        foreach (TaskCompletionSource<bool>? ping in waiting) ping?.TrySetResult(false);
        for (int i = 0; i < _pendingPings; i++) _pings.Enqueue(null);
    }
}
