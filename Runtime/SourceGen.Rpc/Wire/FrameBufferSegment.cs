using System.Buffers;
using System.Collections.Concurrent;

namespace SourceGen.Rpc.Wire;

/// <summary>One pooled array of a <see cref="FrameBuffer"/>.</summary>
internal sealed class FrameBufferSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>Large enough that a corked batch of small frames is one segment, so one send.</summary>
    public const int DefaultSize = 128 * 1024;

    private const int MaxPooled = 64;
    private static readonly ConcurrentQueue<FrameBufferSegment> s_pool = new();
    private static int s_pooled;
    private static int s_alive;

    private FrameBufferSegment(byte[] array)
    {
        Array = array;
        Interlocked.Increment(ref s_alive);
    }

    /// <summary>
    /// How many segments are lent and not returned. What is counted is made and dropped ones: those that go to the pool and come from it,
    /// which is what happens all the time, cost nothing.
    /// </summary>
    public static int Outstanding => Volatile.Read(ref s_alive) - Volatile.Read(ref s_pooled);

    /// <summary>The bytes; the first <see cref="Used"/> are written.</summary>
    public byte[] Array { get; }

    public int Used { get; set; }

    public new FrameBufferSegment? Next
    {
        get => (FrameBufferSegment?)base.Next;
        set => base.Next = value;
    }

    /// <summary>Gets an empty segment with room for at least <paramref name="size"/> bytes.</summary>
    public static FrameBufferSegment Rent(int size)
    {
        if (size > DefaultSize) return new FrameBufferSegment(ArrayPool<byte>.Shared.Rent(size));
        if (!s_pool.TryDequeue(out FrameBufferSegment? segment))
            return new FrameBufferSegment(GC.AllocateUninitializedArray<byte>(DefaultSize));
        Interlocked.Decrement(ref s_pooled);
        return segment;
    }

    /// <summary>Gets an empty segment whose size is about the given one.</summary>
    public static FrameBufferSegment RentExactly(int size) =>
        size >= DefaultSize / 2 ? Rent(size) : new FrameBufferSegment(ArrayPool<byte>.Shared.Rent(size));

    /// <summary>Gives the segment back; nobody may touch it afterwards.</summary>
    public void Return()
    {
        Next = null;
        Used = 0;
        Memory = default;
        RunningIndex = 0;
        if (Array.Length != DefaultSize)
        {
            Interlocked.Decrement(ref s_alive);
            ArrayPool<byte>.Shared.Return(Array);
        }
        else if (Interlocked.Increment(ref s_pooled) <= MaxPooled)
        {
            s_pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref s_pooled);
            Interlocked.Decrement(ref s_alive);
        }
    }

    /// <summary>Makes the written part visible as a link of a <see cref="ReadOnlySequence{T}"/>.</summary>
    public void Seal(int start, long runningIndex)
    {
        Memory = Array.AsMemory(start, Used - start);
        RunningIndex = runningIndex;
    }
}
