using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>A large message as its fragments arrive.</summary>
/// <param name="header">The first fragment's header.</param>
internal sealed class Reassembly(FrameHeader header)
{
    private readonly FrameBuffer _bytes = new() { Frugal = true }; // A peer may begin thousands and send a byte of each.

    /// <summary>The first fragment's header, which says what the message is.</summary>
    public FrameHeader Header { get; } = header;

    /// <summary>Bytes of payload so far.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the message is discarded as it arrives: it is too large, or its call was cancelled.</summary>
    public bool Discarding { get; private set; }

    /// <summary>Whether it is discarded because its call was cancelled.</summary>
    public bool Cancelled { get; set; }

    /// <summary>Adds a fragment.</summary>
    public void Append(in ReadOnlySequence<byte> fragment)
    {
        Length += fragment.Length;
        if (Discarding) return;
        foreach (ReadOnlyMemory<byte> part in fragment) _bytes.Write(part.Span);
    }

    /// <summary>Everything so far, valid until <see cref="Release"/>.</summary>
    public ReadOnlySequence<byte> AsSequence() => _bytes.AsSequence();

    /// <summary>Drops what came and what is still to come.</summary>
    public void Discard()
    {
        Discarding = true;
        _bytes.Release();
    }

    /// <summary>Gives the memory back.</summary>
    public void Release() => _bytes.Release();
}
