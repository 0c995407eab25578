namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>The answer to a request.</summary>
/// <param name="Status">What the server said instead of an answer, such as 503 when nobody listens; 0 for an answer.</param>
/// <param name="Payload">The answer.</param>
internal readonly record struct NatsReply(int Status, byte[] Payload)
{
    /// <summary>Nobody listens to the request's subject.</summary>
    public const int NoResponders = 503;
}
