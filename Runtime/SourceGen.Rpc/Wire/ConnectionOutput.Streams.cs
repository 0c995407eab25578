using SourceGen.Rpc.Streams;

namespace SourceGen.Rpc.Wire;

/// <summary>Frames of streams.</summary>
internal sealed partial class ConnectionOutput
{
    /// <summary>
    /// Unsent bytes from which on streams wait. They are always ready to send more, so that calls would otherwise find the whole backlog
    /// full of items.
    /// </summary>
    private const int StreamBacklog = 256 * 1024;

    private Func<bool>? _hasStreamRoom;

    /// <summary>Whether this thread is encoding a message, into the middle of which no other frame may go.</summary>
    public bool IsEncodingHere => Gate.IsHeldByCurrentThread;

    /// <summary>Whether streams should wait. Approximate without the lock.</summary>
    public bool StreamsMustWait => !_closed && _current.Length + _sendingBytes > StreamBacklog;

    /// <summary>A task that completes when streams need no longer wait, or should look again.</summary>
    public Task WaitForStreamRoomAsync() => WaitForRoomAsync(_hasStreamRoom ??= () => !StreamsMustWait);

    /// <summary>Writes items, or a piece of one, and counts them.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="items">The payload.</param>
    /// <param name="more">Whether the item goes on in the next frame.</param>
    /// <param name="cost">What they cost; 0 for what was counted before.</param>
    /// <param name="lastCost">What the last of them costs.</param>
    /// <param name="isLarge">Whether it is one item of more than <see cref="StreamCost.Reserve"/>.</param>
    public ItemsWritten WriteItems(OutboundStream stream, ReadOnlySpan<byte> items, FrameFlags more, long cost, long lastCost, bool isLarge)
    {
        Gate.Enter();
        if (_closed || stream.IsEnded)
        {
            Gate.Exit();
            return ItemsWritten.Ended;
        }

        if (cost > 0 && !stream.Connection.Streams.Sending.TryCharge(stream.Account, cost, lastCost, isLarge))
        {
            Gate.Exit();
            return ItemsWritten.NoCredit;
        }

        Write(new FrameHeader((uint)items.Length, FrameType.StreamItems, stream.Flags | more, 0, stream.Id));
        _current.Write(items);
        FinishWrite(deferrable: stream.Connection.Streams.ManyAreOpen);
        return ItemsWritten.Written;
    }

    /// <summary>Ends a caller's stream, unless that was done before. Nothing may follow it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="reason">Empty when it is complete, or an error message.</param>
    public void EndStream(OutboundStream stream, ReadOnlyMemory<byte> reason)
    {
        if (IsEncodingHere)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => state.Output.EndStream(state.stream, state.reason), (Output: this, stream, reason), preferLocal: false);
            return;
        }

        Gate.Enter();
        stream.IsEnded = true;

        // While the request itself is on its way in fragments, an end would overtake it; who sends the items writes it afterwards.
        if (_closed || stream.IsEndWritten || !stream.IsRequestWritten || IsUnsent(stream.Id))
        {
            Gate.Exit();
            return;
        }

        stream.IsEndWritten = true;
        Write(new FrameHeader((uint)reason.Length, FrameType.StreamEnd, FrameFlags.None, 0, stream.Id));
        _current.Write(reason.Span);
        FinishWrite(deferrable: false);
    }

    /// <summary>Writes a small frame about a stream, on any thread and at any time.</summary>
    public void WriteStreamFrame(FrameType type, FrameFlags flags, ulong callId, uint? value)
    {
        if (IsEncodingHere)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => state.Output.WriteStreamFrame(state.type, state.flags, state.callId, state.value),
                (Output: this, type, flags, callId, value),
                preferLocal: false);
            return;
        }

        Gate.Enter();
        if (_closed)
        {
            Gate.Exit();
            return;
        }

        Write(new FrameHeader(value is null ? 0u : sizeof(uint), type, flags, 0, callId));
        if (value is { } number)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(_current.GetSpan(sizeof(uint)), number);
            _current.Advance(sizeof(uint));
        }

        FinishWrite(deferrable: true);
    }

    /// <summary>Completes when a request that goes out in fragments has gone, or the connection is closed.</summary>
    public async Task WaitUntilSentAsync(ulong callId)
    {
        while (true)
        {
            Task room;
            lock (Gate)
            {
                if (_closed || !IsUnsent(callId)) return;
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.ConfigureAwait(false);
        }
    }

    private bool IsUnsent(ulong callId)
    {
        if (_large.Count == 0) return false;
        foreach (LargeMessage message in _large)
        {
            if (message.IsRequest(callId)) return true;
        }

        return false;
    }
}
