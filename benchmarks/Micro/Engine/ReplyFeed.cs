using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>Answers every request that was sent since the last read, with the same reply.</summary>
/// <param name="reply">The encoded result.</param>
internal sealed class ReplyFeed(byte[] reply) : FrameFeed
{
    // Usually one thread does everything; the engine may send from another one when it takes a slow batch for a stuck one.
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _sent = new();
    private readonly ArrayBufferWriter<byte> _replies = new();

    public override void OnSent(in ReadOnlySequence<byte> data)
    {
        lock (_gate)
        {
            foreach (ReadOnlyMemory<byte> part in data) _sent.Write(part.Span);
        }
    }

    protected override ReadOnlyMemory<byte> NextFrames()
    {
        _replies.ResetWrittenCount();
        while (true)
        {
            lock (_gate) WriteReplies();
            if (_replies.WrittenCount > 0) return _replies.WrittenMemory;
            Thread.Yield(); // Another thread is still running callers of the last batch.
        }
    }

    private void WriteReplies()
    {
        for (ReadOnlySpan<byte> requests = _sent.WrittenSpan; requests.Length > 0;)
        {
            FrameHeader request = FrameHeader.Read(requests);
            requests = requests[(FrameHeader.Size + (int)request.Length)..];
            new FrameHeader((uint)reply.Length, FrameType.Response, FrameFlags.None, 0, request.CallId).Write(_replies.GetSpan(FrameHeader.Size));
            _replies.Advance(FrameHeader.Size);
            _replies.Write(reply);
        }

        _sent.ResetWrittenCount();
    }
}
