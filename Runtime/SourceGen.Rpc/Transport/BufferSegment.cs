using System.Buffers;

namespace SourceGen.Rpc.Transport;

/// <summary>One pooled array in a chain of received or staged bytes.</summary>
internal sealed class BufferSegment : ReadOnlySequenceSegment<byte>
{
    private byte[]? _array;

    /// <summary>The whole array; more than was asked for, as the pool gave it.</summary>
    public byte[] Array => _array ?? throw new InvalidOperationException("The segment was returned to its pool.");

    /// <summary>The next segment of the chain.</summary>
    public new BufferSegment? Next => (BufferSegment?)base.Next;

    /// <summary>Takes an array from the pool's hands. The segment stands at the start of a chain until it is linked.</summary>
    public void Attach(byte[] array)
    {
        _array = array;
        Memory = array;
        RunningIndex = 0;
    }

    /// <summary>Gives the array back to the pool.</summary>
    public byte[] Detach()
    {
        byte[] array = Array;
        _array = null;
        Memory = default;
        base.Next = null;
        return array;
    }

    /// <summary>Ends this segment at <paramref name="length"/> bytes and continues the chain with <paramref name="next"/>.</summary>
    public void Link(int length, BufferSegment next)
    {
        // A sequence takes all of Memory for every segment but its last, so only the last may offer more than was written.
        Memory = Array.AsMemory(0, length);
        next.RunningIndex = RunningIndex + length;
        base.Next = next;
    }
}
