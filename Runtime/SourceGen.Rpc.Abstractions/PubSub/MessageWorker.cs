using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Handles the messages of a lane one after the other. Its counts are its own, so that counting costs no interlocked operation.
/// </summary>
internal sealed class MessageWorker<TReceipt> : IThreadPoolWorkItem
{
    private readonly MessagePump<TReceipt> _pump;
    private readonly MessageLane<TReceipt> _lane;
    private readonly MessageSlot<TReceipt>[] _batch;
    private ExecutionContext? _flow;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _delivered;
    private long _acknowledged;
    private long _redelivered;
    private long _deadLettered;
    private long _dropped;

    /// <param name="pump">What it works for.</param>
    /// <param name="lane">Where its messages come from.</param>
    /// <param name="batch">How many messages it takes at a time: those wait for it, although another worker may have nothing to do.</param>
    public MessageWorker(MessagePump<TReceipt> pump, MessageLane<TReceipt> lane, int batch)
    {
        _pump = pump;
        _lane = lane;
        _batch = new MessageSlot<TReceipt>[batch];
        lane.Add(this);
    }

    /// <summary>Completes when it has stopped.</summary>
    public Task Done => _done.Task;

    /// <summary>Adds its counts to a sum.</summary>
    public SubscriptionCounts AddTo(SubscriptionCounts sum) => new(
        sum.Delivered + Volatile.Read(ref _delivered),
        sum.Acknowledged + Volatile.Read(ref _acknowledged),
        sum.Redelivered + Volatile.Read(ref _redelivered),
        sum.DeadLettered + Volatile.Read(ref _deadLettered),
        sum.Dropped + Volatile.Read(ref _dropped));

    /// <summary>It is stopped while it has nothing to do.</summary>
    public void End() => _done.TrySetResult();

    void IThreadPoolWorkItem.Execute()
    {
        if (_flow is not null) ExecutionContext.Restore(_flow);
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                int count = _lane.Take(_batch, this);
                if (count < 0) End();
                if (count <= 0) return;

                for (int i = 0; i < count; i++)
                {
                    if (_pump.IsStopping)
                    {
                        await _pump.Settler.AbandonAsync(_batch[i].Message, _batch[i].Receipt).ConfigureAwait(false);
                    }
                    else
                    {
                        ValueTask<MessageOutcome> handling = BeginAsync(i);
                        MessageOutcome outcome = handling.IsCompletedSuccessfully ? handling.Result : await ResultOf(handling).ConfigureAwait(false);
                        if (outcome.Settlement != MessageSettlement.Acknowledge) outcome = await DecideAsync(i, outcome).ConfigureAwait(false);
                        ValueTask settling = _pump.Settler.SettleAsync(_batch[i].Message, _batch[i].Receipt, outcome);
                        if (!settling.IsCompletedSuccessfully) await settling.ConfigureAwait(false);
                        Count(outcome); // Now it is so: a dead letter that is counted is there.
                    }

                    _batch[i].Clear();
                }

                // What a handler keeps in its flow for all messages is made once, and not whenever there was nothing to do.
                _flow ??= ExecutionContext.Capture();
            }
        }
        catch (Exception e)
        {
            // A settler that throws breaks its promise. Whoever stops the subscription learns of it, rather than nobody.
            _done.TrySetException(e);
            throw;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a handler throws is what becomes of the message.")]
    private ValueTask<MessageOutcome> BeginAsync(int index)
    {
        Volatile.Write(ref _delivered, _delivered + 1);
        _pump.Settler.Begin(_batch[index].Receipt);
        try
        {
            return _pump.Handler(_batch[index].Message, _pump.Ending);
        }
        catch (Exception e)
        {
            return new ValueTask<MessageOutcome>(MessageOutcome.Redeliver(e.Message));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a handler throws is what becomes of the message.")]
    private static async ValueTask<MessageOutcome> ResultOf(ValueTask<MessageOutcome> handling)
    {
        try
        {
            return await handling.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return MessageOutcome.Redeliver(e.Message);
        }
    }

    /// <summary>A message was not handled: it is handled again here, or given back, or it is a dead letter.</summary>
    private async ValueTask<MessageOutcome> DecideAsync(int index, MessageOutcome outcome)
    {
        while (outcome.Settlement == MessageSettlement.Redeliver)
        {
            if (_batch[index].Message.Deliveries >= _pump.MaxDeliveries) return MessageOutcome.DeadLetter(outcome.Reason ?? "it was delivered too often");
            TimeSpan delay = outcome.Delay ?? _pump.Options.EffectiveRedeliveryDelay;
            if (!_pump.Options.OrderByKey || _pump.IsStopping) return MessageOutcome.Redeliver(outcome.Reason, delay);
            await _pump.Settler.ExtendAsync(_batch[index].Receipt, delay).ConfigureAwait(false);
            await Task.Delay(delay, _pump.Time, _pump.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_pump.IsStopping) return MessageOutcome.Redeliver(outcome.Reason, TimeSpan.Zero);
            Count(outcome);
            _batch[index].CountDelivery();
            outcome = await ResultOf(BeginAsync(index)).ConfigureAwait(false);
        }

        return outcome;
    }

    private void Count(MessageOutcome outcome)
    {
        ref long count = ref _acknowledged;
        if (outcome.Settlement == MessageSettlement.Redeliver) count = ref _redelivered;
        else if (outcome.Settlement == MessageSettlement.DeadLetter) count = ref _pump.Options.DeadLetterTopic is null ? ref _dropped : ref _deadLettered;
        Volatile.Write(ref count, count + 1);
    }
}
