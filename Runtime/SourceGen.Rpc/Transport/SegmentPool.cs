using System.Buffers;
using System.Collections.Concurrent;

namespace SourceGen.Rpc.Transport;

/// <summary>Lends segments, and counts those lent, so that a test can prove that all came back.</summary>
/// <param name="arrays">Where the arrays come from.</param>
internal sealed class SegmentPool(ArrayPool<byte> arrays)
{
    /// <summary>The usual size of a segment in bytes.</summary>
    public const int SegmentSize = 64 * 1024;

    private const int MaxKept = 1024;
    private readonly ConcurrentQueue<BufferSegment> _kept = new();
    private int _outstanding;

    /// <summary>The pool of every connection that is not given another.</summary>
    public static SegmentPool Shared { get; } = new(ArrayPool<byte>.Shared);

    /// <summary>How many segments are lent and not returned.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Lends a segment of at least <paramref name="size"/> bytes.</summary>
    public BufferSegment Rent(int size)
    {
        if (!_kept.TryDequeue(out BufferSegment? segment)) segment = new BufferSegment();
        segment.Attach(arrays.Rent(size));
        Interlocked.Increment(ref _outstanding);
        return segment;
    }

    /// <summary>Takes a segment back; nobody may hold a part of it any more.</summary>
    public void Return(BufferSegment segment)
    {
        arrays.Return(segment.Detach());
        Interlocked.Decrement(ref _outstanding);
        // The objects are kept apart from the arrays: the arrays' own pool gives memory back to the system under pressure.
        if (_kept.Count < MaxKept) _kept.Enqueue(segment);
    }
}
