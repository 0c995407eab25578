namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>A request that waits for its answer.</summary>
/// <param name="number">What the answer comes with.</param>
/// <param name="subject">Where it was sent.</param>
/// <param name="reply">Where the answer goes.</param>
internal sealed class NatsRequest(long number, string subject, string reply)
    : TaskCompletionSource<NatsReply>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>What the answer comes with.</summary>
    public long Number { get; } = number;

    /// <summary>Where it was sent.</summary>
    public string Subject { get; } = subject;

    /// <summary>Where the answer goes.</summary>
    public string Reply { get; } = reply;
}
