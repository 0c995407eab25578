using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>
/// An input that holds ready-made frames for a number of reads and then parks the engine. <see cref="Run"/> wakes it on the calling
/// thread, so that a benchmark measures the engine and the codec alone: one thread, no system call, no waiting.
/// </summary>
internal abstract class FrameFeed : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly Segment _segment = new();
    private readonly ManualResetEventSlim _parked = new();
    private ManualResetValueTaskSourceCore<ReadResult> _wake;
    private int _reads;
    private volatile bool _ended;

    /// <summary>Lets the engine read so many times; returns when it has parked again.</summary>
    public void Run(int reads)
    {
        _parked.Wait();
        _parked.Reset();
        _reads = reads - 1;
        _wake.SetResult(Next());
        _parked.Wait();
        if (_ended) throw new InvalidOperationException("The engine has closed the connection: it took a frame of the feed for a violation.");
    }

    /// <summary>What the engine has sent.</summary>
    public abstract void OnSent(in ReadOnlySequence<byte> data);

    public override bool TryRead(out ReadResult result)
    {
        result = _reads > 0 ? Next() : default;
        return _reads-- > 0;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _wake.Reset();
        return new ValueTask<ReadResult>(this, _wake.Version);
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
    }

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        _parked.Set();
    }

    public ReadResult GetResult(short token) => _wake.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _wake.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _wake.OnCompleted(continuation, state, token, flags);
        _parked.Set();
    }

    /// <summary>The frames of the next read.</summary>
    protected abstract ReadOnlyMemory<byte> NextFrames();

    private ReadResult Next()
    {
        ReadOnlyMemory<byte> frames = NextFrames();
        _segment.Set(frames);
        return new ReadResult(new ReadOnlySequence<byte>(_segment, 0, _segment, frames.Length), isCanceled: false, isCompleted: false);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> memory) => Memory = memory;
    }
}
