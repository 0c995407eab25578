using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Transport;

public sealed class SocketInputTests
{
    [Fact]
    public async Task TryRead_NothingArrived_IsFalseAndDoesNotThrow()
    {
        await using SocketHarness harness = SocketHarness.Open();
        Assert.False(harness.Input.TryRead(out ReadResult result));
        Assert.True(result.Buffer.IsEmpty);
    }

    [Fact]
    public async Task TryRead_SomethingArrived_ReceivesIt()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1, 2, 3]);
        Assert.True(harness.Input.TryRead(out ReadResult result));
        Assert.Equal([1, 2, 3], result.Buffer.ToArray());
        Assert.True(result.Buffer.IsSingleSegment);
        harness.Input.AdvanceTo(result.Buffer.End);
        Assert.False(harness.Input.TryRead(out _));
    }

    [Fact]
    public async Task Read_NotEverythingWasExamined_ReturnsTheRestWithoutWaiting()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1, 2, 3, 4]);
        ReadResult result = await harness.Input.ReadAsync().Soon();
        harness.Input.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.GetPosition(3));
        Assert.True(harness.Input.TryRead(out result));
        Assert.Equal([2, 3, 4], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.GetPosition(2));
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        Assert.True(read.IsCompletedSuccessfully);
        result = await read;
        Assert.Equal([3, 4], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task Read_EverythingWasExamined_WaitsAndThenReturnsOldAndNewTogether()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1, 2]);
        ReadResult result = await harness.Input.ReadAsync().Soon();
        harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.False(harness.Input.TryRead(out _));
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        Assert.False(read.IsCompleted);
        harness.Peer.Send([3]);
        result = await read.Soon();
        Assert.Equal([1, 2, 3], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task Examined_DoesNotGoBack()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1, 2]);
        ReadResult result = await harness.Input.ReadAsync().Soon();
        harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        harness.Input.CancelPendingRead();
        result = await harness.Input.ReadAsync().Soon();
        Assert.True(result.IsCanceled);
        Assert.Equal(2, result.Buffer.Length);
        harness.Input.AdvanceTo(result.Buffer.Start);
        Assert.False(harness.Input.TryRead(out _));
    }

    [Fact]
    public async Task Read_MoreThanASegment_ComesAsAChainAndIsConsumedAcrossItsSeams()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] sent = Bytes.Random(1, 400_000);
        Task sending = Task.Run(() => harness.Peer.Send(sent));
        ReadResult result = await harness.Input.ReadAtLeastAsync(sent.Length).Soon();
        await sending.Soon();
        Assert.False(result.Buffer.IsSingleSegment);
        Assert.Equal(sent, result.Buffer.ToArray());
        int before = harness.Pool.Outstanding;
        long consumed = 0;
        while (consumed < sent.Length)
        {
            long step = Math.Min(70_001, result.Buffer.Length);
            harness.Input.AdvanceTo(result.Buffer.GetPosition(step));
            consumed += step;
            if (consumed == sent.Length) break;
            Assert.True(harness.Input.TryRead(out result));
            Assert.Equal(sent.AsSpan((int)consumed).ToArray(), result.Buffer.ToArray());
        }

        Assert.True(before > 1);
        Assert.Equal(1, harness.Pool.Outstanding);
    }

    [Fact]
    public async Task Read_SmallFramesThatStraddleASegmentsEnd_StayContiguous()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] sent = Bytes.Random(2, 100);
        for (int i = 0; i < 3000; i++)
        {
            // Always half a frame is left over, so the buffer never runs empty and its end is met again and again.
            harness.Arrive(sent);
            Assert.True(harness.Input.TryRead(out ReadResult result));
            Assert.True(result.Buffer.IsSingleSegment);
            harness.Input.AdvanceTo(result.Buffer.GetPosition(i == 0 ? 50 : 100), result.Buffer.End);
        }

        Assert.Equal(1, harness.Pool.Outstanding);
    }

    [Fact]
    public async Task Read_FramesLargerThanASegmentOneAfterTheOther_BecomeContiguous()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] frame = Bytes.Random(3, 65_541);
        bool contiguous = false;
        for (int i = 0; i < 5; i++)
        {
            Task sending = Task.Run(() => harness.Peer.Send(frame));
            ReadResult result = await harness.Input.ReadAtLeastAsync(frame.Length).Soon();
            await sending.Soon();
            Assert.Equal(frame, result.Buffer.ToArray());
            contiguous = result.Buffer.IsSingleSegment;
            harness.Input.AdvanceTo(result.Buffer.End);
        }

        Assert.True(contiguous);
    }

    [Fact]
    public async Task Cancel_PendingRead_ReturnsCanceledAndTheNextReadGetsTheData()
    {
        await using SocketHarness harness = SocketHarness.Open();
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        harness.Input.CancelPendingRead();
        ReadResult result = await read.Soon();
        Assert.True(result.IsCanceled);
        Assert.False(result.IsCompleted);
        harness.Input.AdvanceTo(result.Buffer.End);
        // The wait is still under way, and the next read takes it over.
        Assert.False(harness.Input.TryRead(out _));
        read = harness.Input.ReadAsync();
        harness.Peer.Send([7]);
        result = await read.Soon();
        Assert.False(result.IsCanceled);
        Assert.Equal([7], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task TryRead_WhileAReadThatWasCancelledHasLeftItsWait_ReceivesAndTheNextReadStillWorks()
    {
        await using SocketHarness harness = SocketHarness.Open();
        for (byte i = 0; i < 100; i += 2)
        {
            ValueTask<ReadResult> read = harness.Input.ReadAsync();
            harness.Input.CancelPendingRead();
            Assert.True((await read.Soon()).IsCanceled);
            // The data is in the kernel when Send returns; the wait that ends by it must not disturb the next read.
            harness.Peer.Send([i]);
            ReadResult result;
            while (!harness.Input.TryRead(out result)) Thread.Yield();
            Assert.Equal([i], result.Buffer.ToArray());
            harness.Input.AdvanceTo(result.Buffer.End);
            read = harness.Input.ReadAsync();
            harness.Peer.Send([(byte)(i + 1)]);
            result = await read.Soon();
            Assert.Equal([(byte)(i + 1)], result.Buffer.ToArray());
            harness.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task Cancel_BeforeARead_MakesThatReadReturnOnce()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Input.CancelPendingRead();
        Assert.True(harness.Input.TryRead(out ReadResult result));
        Assert.True(result.IsCanceled);
        harness.Input.AdvanceTo(result.Buffer.End);
        Assert.False(harness.Input.TryRead(out _));
    }

    [Fact]
    public async Task Token_CancelledWhileReading_ThrowsAndTheNextReadGetsTheData()
    {
        await using SocketHarness harness = SocketHarness.Open();
        using var cancel = new CancellationTokenSource();
        Task<ReadResult> read = harness.Input.ReadAsync(cancel.Token).AsTask();
        cancel.Cancel();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Soon());
        Assert.Equal(cancel.Token, error.CancellationToken);
        ValueTask<ReadResult> next = harness.Input.ReadAsync();
        harness.Peer.Send([8]);
        ReadResult result = await next.Soon();
        Assert.Equal([8], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task End_ComesTogetherWithWhatIsLeftAndStays()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1]);
        ReadResult result = await harness.Input.ReadAsync().Soon();
        harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        harness.Peer.Dispose();
        for (int i = 0; i < 2; i++)
        {
            result = await harness.Input.ReadAsync().Soon();
            Assert.True(result.IsCompleted);
            Assert.Equal([1], result.Buffer.ToArray());
            harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        Assert.True(harness.Connection.Poll(0));
        Assert.True(harness.Input.TryRead(out result));
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task Reset_FailsEveryReadWithAnErrorThatNamesThePeer()
    {
        await using SocketHarness harness = SocketHarness.Open();
        Task<ReadResult> read = harness.Input.ReadAsync().AsTask();
        harness.Reset();
        IOException error = await Assert.ThrowsAsync<IOException>(() => read.Soon());
        Assert.Equal($"The connection to {harness.Connection.RemoteAddress} was reset by the peer.", error.Message);
        Assert.True(harness.Connection.Poll(0));
        Assert.Throws<IOException>(() => harness.Input.TryRead(out _));
        Assert.Throws<IOException>(() => { _ = harness.Input.ReadAsync(); });
    }

    [Fact]
    public async Task Reset_IsFoundByPollAndTryRead()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Reset();
        Assert.True(harness.Connection.Poll(-1));
        Assert.Throws<IOException>(() => harness.Input.TryRead(out _));
    }

    [Fact]
    public async Task Poll_TellsWhetherAReadWouldWait()
    {
        await using SocketHarness harness = SocketHarness.Open();
        Assert.False(harness.Connection.Poll(0));
        Assert.False(harness.Connection.Poll(1));
        harness.Peer.Send([1, 2]);
        Assert.True(harness.Connection.Poll(-1));
        Assert.True(harness.Input.TryRead(out ReadResult result));
        harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(1));
        Assert.True(harness.Connection.Poll(0));
        Assert.True(harness.Input.TryRead(out result));
        harness.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.False(harness.Connection.Poll(0));
        harness.Peer.Dispose();
        Assert.True(harness.Connection.Poll(-1));
    }

    [Fact]
    public async Task Poll_WhileAReadThatWasCancelledHasLeftItsWait_FindsTheData()
    {
        await using SocketHarness harness = SocketHarness.Open();
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        harness.Input.CancelPendingRead();
        Assert.True((await read.Soon()).IsCanceled);
        Assert.False(harness.Connection.Poll(0));
        harness.Peer.Send([9]);
        Assert.True(harness.Connection.Poll(-1));
        Assert.True(harness.Input.TryRead(out ReadResult result));
        Assert.Equal([9], result.Buffer.ToArray());
        harness.Input.AdvanceTo(result.Buffer.End);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_WithoutLimit_EndsWhenTheConnectionIsAbortedOrDisposed(bool abort)
    {
        await using SocketHarness harness = SocketHarness.Open();
        using var polling = new ManualResetEventSlim();
        Task<bool> poll = Task.Factory.StartNew(
            () =>
            {
                polling.Set();
                return harness.Connection.Poll(-1);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        polling.Wait();
        if (abort)
        {
            harness.Connection.Abort();
        }
        else
        {
            await harness.Connection.DisposeAsync().Soon();
            harness.Peer.Dispose();
        }

        Assert.True(await poll.Soon());
    }

    [Fact]
    public async Task Complete_ReturnsEverySegmentAndRefusesFurtherReads()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive(new byte[1000]);
        ReadResult result = await harness.Input.ReadAsync().Soon();
        harness.Input.AdvanceTo(result.Buffer.Start);
        Assert.Equal(1, harness.Pool.Outstanding);
        harness.Input.Complete();
        Assert.Equal(0, harness.Pool.Outstanding);
        Assert.Throws<InvalidOperationException>(() => harness.Input.TryRead(out _));
    }

    [Fact]
    public async Task Complete_WhileAWaitIsUnderWay_GivesTheBufferBackAtOnce()
    {
        await using SocketHarness harness = SocketHarness.Open();
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        harness.Input.CancelPendingRead();
        harness.Input.AdvanceTo((await read.Soon()).Buffer.End);
        Assert.Equal(1, harness.Pool.Outstanding);
        harness.Input.Complete();
        Assert.Equal(0, harness.Pool.Outstanding);
        harness.Peer.Send([1]);
        // The wait ends by that, and must not take a buffer again: the harness's disposal proves it.
    }

    [Fact]
    public async Task Complete_WithAnException_AbortsTheConnection()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Input.Complete(new InvalidDataException("bad frame"));
        IOException error = await Assert.ThrowsAsync<IOException>(() => harness.Connection.SendAsync([1]).Soon());
        Assert.Contains("bad frame", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misuse_IsAnErrorThatSaysWhatToDo()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Arrive([1, 2, 3]);
        ReadResult first = await harness.Input.ReadAsync().Soon();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => harness.Input.TryRead(out _));
        Assert.Contains("AdvanceTo", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => harness.Input.AdvanceTo(first.Buffer.End, first.Buffer.Start));
        var foreign = new ReadOnlySequence<byte>(new byte[10]);
        Assert.Throws<ArgumentException>(() => harness.Input.AdvanceTo(foreign.End));
        harness.Input.AdvanceTo(first.Buffer.End);
        Assert.Throws<ArgumentException>(() => harness.Input.AdvanceTo(first.Buffer.Start));
        Task<ReadResult> pending = harness.Input.ReadAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = harness.Input.ReadAsync(); });
        harness.Input.CancelPendingRead();
        await pending.Soon();
    }

    [Fact]
    public async Task ReadingAndSending_WithoutWaiting_AllocatesNothing()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] message = new byte[64];
        ReadOnlySequence<byte> data = new(message);
        byte[] echo = new byte[64];
        for (int i = 0; i < 200; i++) Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            ValueTask send = harness.Connection.SendAsync(data);
            if (!send.IsCompletedSuccessfully) throw new InvalidOperationException("The kernel takes 64 bytes at once.");
            send.GetAwaiter().GetResult();
            for (int got = 0; got < echo.Length;)
            {
                got += harness.Peer.Receive(echo, got, echo.Length - got, System.Net.Sockets.SocketFlags.None);
            }

            harness.Peer.Send(echo);
            harness.Connection.Poll(-1);
            harness.Input.TryRead(out ReadResult result);
            harness.Input.AdvanceTo(result.Buffer.End);
        }
    }
}
