using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Asking the consumer for messages, and for the consumer when it says nothing.</summary>
internal sealed partial class JetStreamSubscription
{
    private static readonly TimeSpan s_expires = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is logged, and tried again for as long as the subscription lasts.")]
    private async Task PullAsync()
    {
        int failures = 0;
        string? logged = null;
        while (!_ending.IsCancellationRequested)
        {
            string? problem;
            bool isConsumerGone;
            lock (_gate) (problem, isConsumerGone, _problem, _isConsumerGone) = (_problem, _isConsumerGone, null, false);
            if (problem is not null)
            {
                // Once for each reason, not for each attempt.
                if (failures == 0 || problem != logged) NatsLog.PullFailed(_logger, Topic, problem);
                logged = problem;
                // Before anything is made again: of a stream that is being removed, the server tells consumers first.
                TimeSpan pause = s_firstPause * Math.Pow(2, Math.Min(failures++, 10));
                if (!await PauseAsync(pause < s_longestPause ? pause : s_longestPause).ConfigureAwait(false)) return;
            }

            try
            {
                if (isConsumerGone) await ReopenAsync().ConfigureAwait(false);
                else await LookAsync().ConfigureAwait(false);
                if (problem is null) failures = 0;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                lock (_gate) (_problem, _isConsumerGone) = (e.Message, true);
                continue;
            }

            ExtendWaiting();
            if (IsSilent()) continue;
            Pull();
            if (!await WaitAsync().ConfigureAwait(false)) return;
        }
    }

    private async Task ReopenAsync()
    {
        ulong next;
        lock (_gate)
        {
            next = _consumer.LastSequence + 1;
            foreach (JetStreamDelivery delivery in _held) next = delivery.IsVoid ? next : Math.Min(next, delivery.Sequence);
            foreach (ulong sequence in _givenBack) next = Math.Min(next, sequence);
        }

        if (await _consumer.ReopenAsync(next, _ending.Token).ConfigureAwait(false)) return;
        lock (_gate)
        {
            foreach (JetStreamDelivery delivery in _held) delivery.IsVoid = true;
            _givenBack.Clear();
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await _consumer.LookAsync(_ending.Token).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The next time: what was known before is true, and less exact. Whether the consumer is there is found out by asking it for messages.
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_ending.IsCancellationRequested;
    }

    private async Task<bool> WaitAsync()
    {
        TimeSpan longest = _consumer.AckWait / 3;
        try
        {
            await _wake.WaitAsync(longest < s_heartbeat ? longest : s_heartbeat, _ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether nothing was heard, not even a heartbeat: whoever was asked does not know of it any more. Servers do not answer those who ask a consumer
    /// that is gone.
    /// </summary>
    private bool IsSilent()
    {
        lock (_gate)
        {
            if (_requested == 0 || Environment.TickCount64 - _lastHeard < 2.5 * s_heartbeat.TotalMilliseconds) return false;
            _requested = 0;
            _isConsumerGone = true;
            _problem = $"nothing was heard of the consumer {_consumer.Name} for {(Environment.TickCount64 - _lastHeard) / 1000.0:0.#} s, not even that there is nothing";
            return true;
        }
    }

    /// <summary>Asks for messages when half of what there is room for is neither here nor asked for.</summary>
    private void Pull()
    {
        int batch;
        string reply;
        lock (_gate)
        {
            if (_requested + _held.Count > _prefetch / 2) return;
            if (_client.Info is null) return;
            batch = _prefetch - _requested - _held.Count;
            if (_requested == 0) _lastHeard = Environment.TickCount64;
            _requested += batch;
            reply = string.Create(CultureInfo.InvariantCulture, $"{_inbox.Subject.AsSpan(0, _inbox.Subject.Length - 1)}{++_nextPull}");
        }

        PullRequest request = new()
        {
            Batch = batch,
            Expires = JetStreamTime.ToNanoseconds(s_expires),
            IdleHeartbeat = JetStreamTime.ToNanoseconds(s_heartbeat),
        };
        _client.Post(
            Encoding.ASCII.GetBytes(_consumer.PullSubject), reply, JsonSerializer.SerializeToUtf8Bytes(request, NatsJson.Default.PullRequest));
    }
}
