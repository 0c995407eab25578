using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>A batch of the same requests at every read; the replies are dropped.</summary>
internal sealed class RequestFeed : FrameFeed
{
    /// <summary>
    /// The batches take turns, each with slots of its own: the engine may read the next one while another thread still finishes a
    /// call of the last, and a slot must not be used again before its call is answered.
    /// </summary>
    private const int Turns = 4;

    private readonly int _count;

    private readonly ReadOnlyMemory<byte>[] _batches = new ReadOnlyMemory<byte>[Turns];
    private int _next;
    private int _replySize;
    private long _answered;

    /// <param name="method">The method's number.</param>
    /// <param name="arguments">The encoded arguments of each request.</param>
    /// <param name="count">Requests in a batch.</param>
    public RequestFeed(ushort method, ReadOnlySpan<byte> arguments, int count)
    {
        _count = count;
        for (int turn = 0; turn < Turns; turn++)
        {
            ArrayBufferWriter<byte> frames = new();
            for (int i = 0; i < count; i++)
            {
                ulong id = (1UL << 32) | (uint)((turn * count) + i);
                new FrameHeader((uint)arguments.Length, FrameType.Request, FrameFlags.None, method, id).Write(frames.GetSpan(FrameHeader.Size));
                frames.Advance(FrameHeader.Size);
                frames.Write(arguments);
            }

            _batches[turn] = frames.WrittenMemory;
        }
    }

    // One send at a time, and the first begins with a reply: all of them have its size.
    public override void OnSent(in ReadOnlySequence<byte> data)
    {
        if (_replySize == 0) _replySize = FrameHeader.Size + (int)FrameHeader.Read(data.FirstSpan).Length;
        Volatile.Write(ref _answered, _answered + (data.Length / _replySize));
    }

    protected override ReadOnlyMemory<byte> NextFrames()
    {
        // A thread that lost its core in the middle of a call is answered late, however many batches others have run since.
        long due = (long)(_next - Turns + 1) * _count;
        while (Volatile.Read(ref _answered) < due) Thread.Yield();
        return _batches[_next++ % Turns];
    }
}
