namespace SourceGen.Rpc.PubSub;

/// <summary>Tells an engine what became of the messages that a <see cref="MessagePump{TReceipt}"/> had handled. Called by many at once.</summary>
/// <typeparam name="TReceipt">What the broker knows a delivery by.</typeparam>
public interface IMessageSettler<TReceipt>
{
    /// <summary>A handler is about to begin with a message: the time that it may take counts from now on. By default nothing is done.</summary>
    /// <param name="receipt">What it was enqueued with.</param>
    void Begin(TReceipt receipt)
    {
    }

    /// <summary>
    /// A message was handled. What it returns is waited for, so that no more are in progress than
    /// <see cref="SubscriptionOptions.Concurrency"/> says. It does not throw: when the engine cannot be told, it delivers the message again.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="receipt">What it was enqueued with.</param>
    /// <param name="outcome">
    /// <see cref="MessageSettlement.Redeliver"/> only while deliveries are left, and then with a delay;
    /// <see cref="MessageSettlement.DeadLetter"/> otherwise.
    /// </param>
    ValueTask SettleAsync(IncomingMessage message, TReceipt receipt, MessageOutcome outcome);

    /// <summary>The subscription ends, and a message was received and not begun with: somebody else can have it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="receipt">What it was enqueued with.</param>
    ValueTask AbandonAsync(IncomingMessage message, TReceipt receipt);

    /// <summary>
    /// A message is being handled again without having been given back, because those of its key wait for it: the engine should not lose its patience. By
    /// default nothing is done.
    /// </summary>
    /// <param name="receipt">What it was enqueued with.</param>
    /// <param name="delay">How long it waits before.</param>
    ValueTask ExtendAsync(TReceipt receipt, TimeSpan delay) => ValueTask.CompletedTask;
}
