using System.Buffers;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

public sealed class ConnectionOutputTests
{
    private const int FragmentSize = 1000;

    private readonly RecordingTransport _transport = new();
    private readonly BatchOwnership _ownership = new();
    private readonly List<Exception> _errors = [];
    private readonly ConnectionOutput _output;

    public ConnectionOutputTests() =>
        _output = new ConnectionOutput(_transport, _ownership, new OutputLimits(FragmentSize, 10_000, 5000, 20_000), _errors.Add);

    [Fact]
    public void AFrame_IsSentAtOnce()
    {
        Write(1, 10);
        Assert.Single(_transport.Sends);
        Assert.Equal((10u, FrameType.Request, 1ul), Describe(_transport.Frames()[0]));
    }

    [Fact]
    public void CorkedFrames_GoOutTogetherWithTheFlushThatEndsTheBatch()
    {
        DrainScope.BeginReceive(_ownership);
        for (ulong id = 1; id <= 3; id++) Write(id, 10);
        Assert.Empty(_transport.Sends);
        DrainScope.End();
        _output.Flush();
        Assert.Single(_transport.Sends);
        Assert.Equal([1ul, 2ul, 3ul], _transport.Frames().Select(frame => frame.Header.CallId));
    }

    [Fact]
    public void AThreadWhoseBatchWasFinishedByAnother_CorksNoMore()
    {
        _ownership.Add(new ModelItem(0, 0));
        uint epoch = _ownership.Publish();
        DrainScope.BeginBatch(_ownership, epoch);
        try
        {
            Assert.Equal(BatchOwnership.Claim.Item, _ownership.TryClaim(epoch, out _));
            Write(1, 10);
            Assert.Empty(_transport.Sends);

            // Its rescuer finds the batch exhausted, becomes the receiver, and flushes.
            Assert.Equal(BatchOwnership.Claim.Receiver, _ownership.TryClaim(epoch, out _));
            _output.Flush();
            Assert.Single(_transport.Sends);
            Write(2, 10);
            Assert.Equal(2, _transport.Sends.Count);
        }
        finally
        {
            DrainScope.End();
        }
    }

    [Fact]
    public void ACorkedBatchThatGrowsLarge_IsSentEarlyInEverLargerParts()
    {
        DrainScope.BeginReceive(_ownership);
        for (ulong id = 1; id <= 70; id++) Write(id, FragmentSize);
        DrainScope.End();
        int[] sizes = [.. _transport.Sends.Select(send => send.Length)];
        Assert.Equal(3, sizes.Length);
        Assert.True(sizes[0] < 10_000 && sizes[1] > sizes[0] && sizes[2] > sizes[1]);
        _output.Flush();

        // The next batch begins with a small part again.
        DrainScope.BeginReceive(_ownership);
        for (ulong id = 1; id <= 10; id++) Write(id, FragmentSize);
        DrainScope.End();
        Assert.Equal(5, _transport.Sends.Count);
        Assert.Equal(sizes[0], _transport.Sends[4].Length);
    }

    [Fact]
    public async Task ADeferredFrame_IsSentWithoutAnotherWrite()
    {
        TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        NotifyingTransport transport = new(sent);
        ConnectionOutput output = new(transport, _ownership, new OutputLimits(FragmentSize, 10_000, 5000, 20_000), _errors.Add);
        Assert.True(output.TryBegin(out FrameEncoder? encoder));
        output.End(encoder, FrameType.Request, FrameFlags.None, 0, 1, deferrable: true);
        await sent.Task.Soon();
    }

    [Fact]
    public void WritesDuringASend_AreTakenAlongByTheNextOne()
    {
        _transport.Hold = true;
        for (ulong id = 1; id <= 4; id++) Write(id, 10);
        Assert.Single(_transport.Sends);
        _transport.CompleteOne();
        Assert.Equal(2, _transport.Sends.Count);
        Assert.Equal([2ul, 3ul, 4ul], RawFrames.Split(_transport.Sends[1]).Select(frame => frame.Header.CallId));
    }

    [Fact]
    public void AnAbandonedFrame_LeavesNothingBehind()
    {
        DrainScope.BeginReceive(_ownership);
        Write(1, 10);
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        encoder.Write(new byte[500]);
        _output.Abandon(encoder);
        Write(3, 20);
        DrainScope.End();
        _output.Flush();
        Assert.Equal([(10u, 1ul), (20u, 3ul)], _transport.Frames().Select(frame => (frame.Header.Length, frame.Header.CallId)));
        Assert.True(_output.Gate.TryEnter());
        _output.Gate.Exit();
    }

    [Fact]
    public void AnAbandonedLargeFrame_LeavesNothingBehindAndTheLockFree()
    {
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        encoder.Write(new byte[FragmentSize * 3]);
        Assert.True(encoder.Detached);
        Assert.False(_output.Gate.IsHeldByCurrentThread);
        _output.Abandon(encoder);
        Assert.False(_output.Gate.IsHeldByCurrentThread);
        Assert.False(_output.HasUnsent);
        Assert.Empty(_transport.Sends);
    }

    [Theory]
    [InlineData(FragmentSize, 1)]
    [InlineData(FragmentSize + 1, 2)]
    [InlineData(FragmentSize * 3, 3)]
    [InlineData(10_000, 10)]
    public void AMessageAboveTheFragmentSize_IsSentInFragments(int size, int fragments)
    {
        byte[] payload = Bytes.Random(size, size);
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        encoder.Write(payload);
        _output.End(encoder, FrameType.Response, FrameFlags.None, 0, 7, deferrable: false);
        List<(FrameHeader Header, byte[] Payload)> frames = _transport.Frames();
        Assert.Equal(fragments, frames.Count);
        Assert.Equal(FrameType.Response, frames[0].Header.Type);
        Assert.All(frames.Skip(1), frame => Assert.Equal(FrameType.ResponseContinuation, frame.Header.Type));
        Assert.All(frames.SkipLast(1), frame => Assert.Equal(FrameFlags.More, frame.Header.Flags));
        Assert.Equal(FrameFlags.None, frames[^1].Header.Flags);
        Assert.All(frames, frame => Assert.True(frame.Header.Length <= FragmentSize));
        Assert.Equal(payload, frames.SelectMany(frame => frame.Payload));
    }

    [Fact]
    public void SmallFramesGoBetweenFragments_AndLargeMessagesTakeTurns()
    {
        _transport.Hold = true;
        Write(1, 5000);
        Write(2, 5000);
        List<ulong> order = [];
        for (int send = 0; send < _transport.Sends.Count; send++)
        {
            order.AddRange(RawFrames.Split(_transport.Sends[send]).Select(frame => frame.Header.CallId));
            if (send == 2) Write(3, 10);
            _transport.CompleteOne();
        }

        Assert.Equal([1, 1, 2, 3, 1, 2, 1, 2, 1, 2, 2], order.Select(id => (int)id));
    }

    [Fact]
    public void C09_AMessageAboveThePeersLimit_IsRefusedNamingBothSizes()
    {
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        RpcException error = Assert.Throws<RpcException>(() =>
        {
            encoder.Write(new byte[10_001]);
            encoder.EnsureAccepted();
        });
        _output.Abandon(encoder);
        Assert.Equal(RpcStatusCode.ResourceExhausted, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        Assert.Contains("10,001 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("10,000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsFull_FromTheBacklogOn_UntilThePeerReads()
    {
        _transport.Hold = true;
        for (ulong id = 1; id <= 6; id++) Write(id, 900);
        Assert.True(_output.IsFull);
        Task room = _output.WaitForRoomAsync(() => !_output.IsFull);
        Assert.False(room.IsCompleted);
        while (!room.IsCompleted) _transport.CompleteOne();
        await room;
        Assert.False(_output.IsFull);
    }

    [Fact]
    public void OneLargeMessage_DoesNotMakeSmallOnesWait()
    {
        _transport.Hold = true;
        Write(1, 10_000); // Twice the backlog.
        Assert.False(_output.IsFull);
        Write(2, 10_000);
        Write(3, 10_000);
        Assert.True(_output.IsFull); // But their number is bounded.
    }

    [Fact]
    public void AMessageEncodedInsideAnother_IsRefused()
    {
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        Assert.Throws<InvalidOperationException>(() => _output.TryBegin(out _));
        _output.End(encoder, FrameType.Request, FrameFlags.None, 0, 1, deferrable: false);
        Write(2, 1);
        Assert.Equal(2, _transport.Frames().Count);
    }

    [Fact]
    public void CancellingALargeRequestBeforeItsFirstFragment_SendsTheCancellationAfterItsBeginning()
    {
        _transport.Hold = true;
        Write(1, 10); // Occupies the transport.
        Write(2, 8000);
        _output.WriteCancel(2);
        while (_output.HasUnsent) _transport.CompleteOne();
        Assert.Equal(
            [(FrameType.Request, FrameFlags.None), (FrameType.Request, FrameFlags.More), (FrameType.Cancel, FrameFlags.None), (FrameType.RequestContinuation, FrameFlags.None)],
            RawFrames.Split([.. _transport.Sends.SelectMany(send => send)]).Select(frame => (frame.Header.Type, frame.Header.Flags)));
    }

    [Fact]
    public void CancellingALargeRequestHalfSent_SendsNoMoreOfIt()
    {
        _transport.Hold = true;
        Write(2, 8000);
        _transport.CompleteOne();
        _output.WriteCancel(2);
        while (_output.HasUnsent) _transport.CompleteOne();
        List<(FrameHeader Header, byte[] Payload)> frames = _transport.Frames();
        Assert.True(frames.Sum(frame => frame.Payload.Length) <= 3 * FragmentSize);
        Assert.Equal(FrameType.Cancel, frames[^2].Header.Type);
        Assert.Equal((0u, FrameType.RequestContinuation, 2ul), Describe(frames[^1]));
        Assert.False(_output.IsFull);
    }

    [Fact]
    public void AFailedSend_IsReportedOnceAndKeepsNothing()
    {
        _transport.Hold = true;
        Write(1, 10);
        _transport.CompleteOne(new IOException("gone"));
        Assert.Equal("gone", Assert.Single(_errors).Message);
    }

    [Fact]
    public async Task Close_EndsEveryWait_AndTwiceIsHarmless()
    {
        _transport.Hold = true;
        for (ulong id = 1; id <= 6; id++) Write(id, 900);
        Write(9, 9000);
        Task room = _output.WaitForRoomAsync(() => !_output.IsFull);
        Task idle = _output.FlushToEndAsync();
        _output.Close();
        _output.Close();
        await room.Soon();
        await idle.Soon();
        Assert.False(_output.TryBegin(out _));
        Assert.False(_output.HasUnsent);
        _transport.CompleteOne();
        Assert.Single(_transport.Sends);
    }

    [Fact]
    public async Task FlushToEnd_EndsWhenTheLastFragmentIsSent()
    {
        _transport.Hold = true;
        Write(1, 3000);
        Task flushed = _output.FlushToEndAsync();
        for (int fragment = 0; fragment < 3; fragment++)
        {
            Assert.False(flushed.IsCompleted);
            _transport.CompleteOne();
        }

        await flushed.Soon();
    }

    private static (uint Length, FrameType Type, ulong Id) Describe((FrameHeader Header, byte[] Payload) frame) =>
        (frame.Header.Length, frame.Header.Type, frame.Header.CallId);

    private void Write(ulong id, int size)
    {
        Assert.True(_output.TryBegin(out FrameEncoder? encoder));
        encoder.Write(new byte[size]);
        _output.End(encoder, FrameType.Request, FrameFlags.None, 0, id, deferrable: false);
    }

    private sealed class NotifyingTransport(TaskCompletionSource sent) : ITransportConnection, IGatheringOutput
    {
        private readonly RecordingTransport _inner = new();

        public System.IO.Pipelines.PipeReader Input => _inner.Input;

        public System.IO.Pipelines.PipeWriter Output => _inner.Output;

        public RpcAddress LocalAddress => _inner.LocalAddress;

        public RpcAddress RemoteAddress => _inner.RemoteAddress;

        public ValueTask SendAsync(in ReadOnlySequence<byte> data)
        {
            sent.TrySetResult();
            return default;
        }

        public void Abort(Exception? reason = null) => _inner.Abort(reason);

        public ValueTask DisposeAsync() => default;
    }
}
