namespace SourceGen.Rpc.Wire;

/// <summary>What bounds a connection's output.</summary>
/// <param name="FragmentSize">The most bytes of payload in one frame.</param>
/// <param name="MaxMessageSize">The largest message the peer accepts.</param>
/// <param name="MaxBacklog">Unsent bytes of small messages from which on writers wait.</param>
/// <param name="MaxLargeBacklog">
/// Unsent bytes of fragmented messages from which on writers wait; one message alone must not make them.
/// </param>
internal readonly record struct OutputLimits(int FragmentSize, long MaxMessageSize, long MaxBacklog, long MaxLargeBacklog);
