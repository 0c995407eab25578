using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace SourceGen.Rpc.Tests.Transport;

public sealed class SocketOutputTests
{
    private const int SmallBuffer = 4096;

    [Theory]
    [InlineData(300, 100)]
    [InlineData(2500, 7)]
    [InlineData(300, 20_000)]
    public async Task Send_ManySegmentsToASlowReaderThroughSmallBuffers_ArrivesInOrder(int segments, int size)
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        byte[] sent = Bytes.Random(segments, segments * size);
        Task sending = harness.Connection.SendAsync(Bytes.Sequence(Bytes.Cut(sent, size))).AsTask();
        Assert.Equal(sent, await Task.Run(() => ReceiveSlowly(harness.Peer, sent.Length)).Soon());
        await sending.Soon();
    }

    [Fact]
    public async Task Send_MoreThanTheBuffersTake_IsPendingUntilThePeerReads()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        byte[] sent = Bytes.Random(1, 10_000_000);
        ValueTask pending = harness.Connection.SendAsync(new ReadOnlySequence<byte>(sent));
        Assert.False(pending.IsCompleted);
        InvalidOperationException error =
            await Assert.ThrowsAsync<InvalidOperationException>(() => harness.Connection.SendAsync([1]).Soon());
        Assert.Contains("one send at a time", error.Message, StringComparison.Ordinal);
        Task sending = pending.AsTask();
        Assert.Equal(sent, await Task.Run(() => ReceiveSlowly(harness.Peer, sent.Length)).Soon());
        await sending.Soon();
        await harness.Connection.SendAsync([1]).Soon();
    }

    [Fact]
    public async Task Send_SingleAndGatheredAndEmptySegmentsInTurn_ArriveInOrder()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] sent = Bytes.Random(2, 90);
        ReadOnlyMemory<byte> empty = default;
        await harness.Connection.SendAsync(new ReadOnlySequence<byte>(sent, 0, 10)).Soon();
        await harness.Connection.SendAsync(Bytes.Sequence(sent.AsMemory(10, 10), sent.AsMemory(20, 10))).Soon();
        await harness.Connection.SendAsync(new ReadOnlySequence<byte>(sent, 30, 10)).Soon();
        await harness.Connection.SendAsync(Bytes.Sequence(empty, sent.AsMemory(40, 10), empty)).Soon();
        await harness.Connection.SendAsync(Bytes.Sequence(empty, sent.AsMemory(50, 10), empty, sent.AsMemory(60, 10))).Soon();
        await harness.Connection.SendAsync(ReadOnlySequence<byte>.Empty).Soon();
        await harness.Connection.SendAsync(new ReadOnlySequence<byte>(sent, 70, 20)).Soon();
        Assert.Equal(sent, ReceiveSlowly(harness.Peer, sent.Length));
    }

    [Fact]
    public async Task Send_MemoryThatIsNoArray_GoesOutPieceByPiece()
    {
        await using SocketHarness harness = SocketHarness.Open();
        byte[] sent = Bytes.Random(3, 40);
        using var native = new NativeMemory(sent.AsSpan(20, 10));
        await harness.Connection.SendAsync(
            Bytes.Sequence(sent.AsMemory(0, 10), sent.AsMemory(10, 10), native.Memory, sent.AsMemory(30, 10))).Soon();
        Assert.Equal(sent, ReceiveSlowly(harness.Peer, sent.Length));
    }

    [Fact]
    public async Task Send_AfterThePeersReset_FailsWithAnErrorThatNamesThePeer()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Reset();
        Assert.True(harness.Connection.Poll(-1));
        IOException error = await Assert.ThrowsAsync<IOException>(() => harness.Connection.SendAsync([1]).Soon());
        Assert.Contains(harness.Connection.RemoteAddress.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WhileThePeerNeverReads_GivesUpAfterTheLimit()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        Task sending = harness.Connection.SendAsync(new byte[10_000_000]).AsTask();
        Task closing = harness.Connection.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        harness.Time.FireAll();
        await closing.Soon();
        IOException error = await Assert.ThrowsAsync<IOException>(() => sending.Soon());
        Assert.Contains("did not read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WhileThePeerKeepsItsSideOpen_LingersWithoutTheCallerAndEndsAtTheLimit()
    {
        await using SocketHarness harness = SocketHarness.Open();
        await harness.Connection.DisposeAsync().Soon();
        Assert.False(harness.Connection.SocketClosed.IsCompleted);
        Assert.Equal(0, harness.Peer.Receive(new byte[1]));
        // What the peer still sends is thrown away and does not reset the connection, however much it is.
        await Task.Run(() => harness.Peer.Send(new byte[20_000_000])).Soon();
        harness.Time.FireAll();
        await harness.Connection.SocketClosed.Soon();
    }

    [Fact]
    public async Task Dispose_WhenThePeerEndsItsSide_ClosesTheSocketWithoutWaitingForTheLimit()
    {
        await using SocketHarness harness = SocketHarness.Open();
        ValueTask<ReadResult> read = harness.Input.ReadAsync();
        await harness.Connection.DisposeAsync().Soon();
        Assert.True((await read.Soon()).IsCompleted);
        harness.Peer.Send(new byte[100_000]);
        harness.Peer.Shutdown(SocketShutdown.Send);
        await harness.Connection.SocketClosed.Soon();
    }

    [Fact]
    public async Task Writer_WritesWhileAFlushIsPending_ArriveAfterIt()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        PipeWriter writer = harness.Connection.Output;
        byte[] sent = Bytes.Random(4, 10_000_300);
        writer.Write(sent.AsSpan(0, 10_000_000));
        Task<FlushResult> first = writer.FlushAsync().AsTask();
        Assert.False(first.IsCompleted);
        writer.Write(sent.AsSpan(10_000_000));
        Assert.Equal(300, writer.UnflushedBytes);
        Task<FlushResult> second = writer.FlushAsync().AsTask();
        Assert.Equal(sent, await Task.Run(() => ReceiveSlowly(harness.Peer, sent.Length)).Soon());
        Assert.False((await first.Soon()).IsCanceled);
        Assert.False((await second.Soon()).IsCanceled);
    }

    [Fact]
    public async Task Writer_PendingFlushIsCancelled_ReturnsAndTheDataStillArrives()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        PipeWriter writer = harness.Connection.Output;
        byte[] sent = Bytes.Random(5, 10_000_000);
        writer.Write(sent);
        Task<FlushResult> flush = writer.FlushAsync().AsTask();
        writer.CancelPendingFlush();
        Assert.True((await flush.Soon()).IsCanceled);
        using var cancel = new CancellationTokenSource();
        flush = writer.FlushAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.Soon());
        Assert.Equal(sent, await Task.Run(() => ReceiveSlowly(harness.Peer, sent.Length)).Soon());
        Assert.False((await writer.FlushAsync().Soon()).IsCanceled);
    }

    [Fact]
    public async Task Writer_CompletedWithAnException_AbortsTheConnection()
    {
        await using SocketHarness harness = SocketHarness.Open();
        harness.Connection.Output.Write(new byte[10]);
        await harness.Connection.Output.CompleteAsync(new InvalidDataException("gave up"));
        IOException error = Assert.Throws<IOException>(() => harness.Input.TryRead(out _));
        Assert.Contains("gave up", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => harness.Connection.Output.GetMemory());
    }

    private static byte[] ReceiveSlowly(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        int step = 1;
        for (int got = 0; got < count;)
        {
            int received = socket.Receive(bytes, got, Math.Min(step, count - got), SocketFlags.None);
            Assert.NotEqual(0, received);
            got += received;
            step = Math.Min(step * 2, 50_000);
        }

        return bytes;
    }

    private sealed unsafe class NativeMemory : MemoryManager<byte>
    {
        private readonly int _length;
        private byte* _pointer;

        public NativeMemory(ReadOnlySpan<byte> bytes)
        {
            _length = bytes.Length;
            _pointer = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(GetSpan());
        }

        public override Span<byte> GetSpan() => new(_pointer, _length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            System.Runtime.InteropServices.NativeMemory.Free(_pointer);
            _pointer = null;
        }
    }
}
