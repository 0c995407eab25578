using System.Buffers;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>One thing that a server sent. It refers to the buffer that it was read from, and is gone with it.</summary>
internal ref struct NatsFrame
{
    /// <summary>What it is.</summary>
    public NatsFrameKind Kind { get; set; }

    /// <summary>Of a message: where it was published.</summary>
    public ReadOnlySpan<byte> Subject { get; set; }

    /// <summary>Of a message: where to answer; empty for nowhere.</summary>
    public ReadOnlySpan<byte> Reply { get; set; }

    /// <summary>Of a message: the subscription's number.</summary>
    public long Sid { get; set; }

    /// <summary>Of a message: its headers, as they stand on the wire; empty for none.</summary>
    public ReadOnlySequence<byte> Headers { get; set; }

    /// <summary>Of a message: what it says.</summary>
    public ReadOnlySequence<byte> Payload { get; set; }

    /// <summary>Of an info or an error: what stands behind the word.</summary>
    public ReadOnlySequence<byte> Text { get; set; }
}
