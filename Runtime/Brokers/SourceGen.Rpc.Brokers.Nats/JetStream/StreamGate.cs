namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>What publishing to the topics of one stream goes through: until the stream was seen in line, afterwards at once.</summary>
internal sealed class StreamGate
{
    private int _inLine;

    /// <summary>Held by the first in line.</summary>
    public SemaphoreSlim Line { get; } = new(1, 1);

    /// <summary>Whether the stream was seen. False again when nobody took a message for it.</summary>
    public bool IsKnown { get; set => Volatile.Write(ref field, value); }

    /// <summary>Whether a message can go at once, past nobody who waits.</summary>
    public bool IsOpen => IsKnown && Volatile.Read(ref _inLine) == 0;

    /// <summary>Waits in line. <see cref="Leave"/> ends it, whether or not the wait ended well.</summary>
    public void Enter() => Interlocked.Increment(ref _inLine);

    /// <summary>Waits no longer.</summary>
    public void Leave() => Interlocked.Decrement(ref _inLine);
}
