namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>A message that JetStream delivered, until it is settled.</summary>
/// <param name="reply">See <see cref="Reply"/>.</param>
/// <param name="sequence">See <see cref="Sequence"/>.</param>
internal sealed class JetStreamDelivery(byte[] reply, ulong sequence)
{
    /// <summary>Its number in the stream.</summary>
    public ulong Sequence { get; } = sequence;

    /// <summary>Where it is settled.</summary>
    public ReadOnlySpan<byte> Reply => reply;

    /// <summary>When JetStream's patience with it began, by <see cref="Environment.TickCount64"/>.</summary>
    public long Touched { get; set; } = Environment.TickCount64;

    /// <summary>Whether its stream is gone, so that nobody is to be told what became of it: another message has its number now.</summary>
    public bool IsVoid { get; set; }

    /// <summary>Whether a handler was begun with it.</summary>
    public bool IsBegun { get; set; }
}
