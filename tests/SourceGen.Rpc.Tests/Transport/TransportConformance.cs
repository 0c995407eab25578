using System.Buffers;
using System.IO.Pipelines;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>What every transport must do. The numbers are those of the conformance list in docs.</summary>
public abstract class TransportConformance
{
    internal SegmentPool Pool { get; } = new(new PoisonPool());

    /// <summary>Settings whose time limits never pass.</summary>
    internal SocketConnectionSettings Settings => new() { Pool = Pool, Time = new ManualTime() };

    /// <summary>An address at which the transport chooses a free place itself.</summary>
    protected abstract string ChooseForMe { get; }

    /// <summary>An address at which nobody listens.</summary>
    protected abstract string Nobody { get; }

    private RpcAddress Any => RpcAddress.Parse(ChooseForMe);

    protected abstract ITransport Create(int backlog = 16);

    [Fact]
    public async Task C01_ListeningAtNoPlaceInParticularGivesAConcreteAddress()
    {
        ITransport transport = Create();
        await using ITransportListener listener = await transport.ListenAsync(Any).Soon();
        Assert.Equal(transport.Scheme, listener.LocalAddress.Scheme);
        Assert.NotEqual(Any, listener.LocalAddress);
        await using ITransportConnection client = await transport.ConnectAsync(listener.LocalAddress).Soon();
        Assert.Equal(listener.LocalAddress, client.RemoteAddress);
    }

    [Fact]
    public async Task C01_TwoListenersNeverShareAnAddress()
    {
        ITransport transport = Create();
        await using ITransportListener one = await transport.ListenAsync(Any).Soon();
        await using ITransportListener two = await transport.ListenAsync(Any).Soon();
        Assert.NotEqual(one.LocalAddress, two.LocalAddress);
    }

    [Fact]
    public async Task C02_ASecondListenerAtAUsedAddressFailsWithAnErrorThatNamesIt()
    {
        ITransport transport = Create();
        await using ITransportListener one = await transport.ListenAsync(Any).Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => transport.ListenAsync(one.LocalAddress).Soon());
        Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
        Assert.StartsWith($"Cannot listen at {one.LocalAddress}: the address is in use.", error.Message, StringComparison.Ordinal);
        // The first listener is unharmed.
        await using ITransportConnection client = await transport.ConnectAsync(one.LocalAddress).Soon();
        await using ITransportConnection? server = await one.AcceptAsync().Soon();
        Assert.NotNull(server);
    }

    [Fact]
    public async Task C02_AnAddressIsFreeAgainOnceItsListenerIsDisposed()
    {
        ITransport transport = Create();
        ITransportListener one = await transport.ListenAsync(Any).Soon();
        await one.DisposeAsync();
        await using ITransportListener two = await transport.ListenAsync(one.LocalAddress).Soon();
        Assert.Equal(one.LocalAddress, two.LocalAddress);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(65_541)]
    [InlineData(3_000_000)]
    public async Task C03_BytesArriveAsSent(int count)
    {
        await using ConnectionPair pair = await OpenAsync();
        byte[] up = Bytes.Random(1, count);
        byte[] down = Bytes.Random(2, count);
        Task sending = Task.WhenAll(pair.Client.SendAsync(up).AsTask(), pair.Server.SendAsync(down).AsTask());
        Task<byte[]> atServer = pair.Server.Input.ReadExactlyAsync(count);
        Task<byte[]> atClient = pair.Client.Input.ReadExactlyAsync(count);
        await sending.Soon();
        Assert.Equal(up, await atServer);
        Assert.Equal(down, await atClient);
    }

    [Fact]
    public async Task C04_PipelinedSendsArriveOnceEachInOrder()
    {
        const int Sends = 2000;
        await using ConnectionPair pair = await OpenAsync();
        Task<byte[]> reading = pair.Server.Input.ReadExactlyAsync(Sends * sizeof(int));
        for (int i = 0; i < Sends; i++) await pair.Client.SendAsync(BitConverter.GetBytes(i)).Soon();
        byte[] bytes = await reading;
        for (int i = 0; i < Sends; i++) Assert.Equal(i, BitConverter.ToInt32(bytes, i * sizeof(int)));
    }

    [Fact]
    public async Task C05_ClosingEndsAPendingReadAsTheEndOfTheStreamOnBothSides()
    {
        await using ConnectionPair pair = await OpenAsync();
        Task<ReadResult> here = pair.Client.Input.ReadAsync().AsTask();
        Task<ReadResult> there = pair.Server.Input.ReadAsync().AsTask();
        await pair.Client.DisposeAsync().Soon();
        foreach (ReadResult result in (ReadResult[])[await here.Soon(), await there.Soon()])
        {
            Assert.True(result.IsCompleted);
            Assert.True(result.Buffer.IsEmpty);
        }
    }

    [Fact]
    public async Task C05_WhatWasSentBeforeClosingArrivesThoughTheCloserLeftDataUnread()
    {
        await using ConnectionPair pair = await OpenAsync();
        byte[] last = Bytes.Random(3, 100_000);
        await pair.Server.SendAsync(Bytes.Random(4, 5000)).Soon();
        await pair.Client.SendAsync(last).Soon();
        await pair.Client.DisposeAsync().Soon();
        Assert.Equal(last, await pair.Server.Input.ReadToEndAsync());
    }

    [Fact]
    public async Task C05_CompletingBothHalvesClosesInOrder()
    {
        await using ConnectionPair pair = await OpenAsync();
        byte[] last = Bytes.Random(5, 10_000);
        pair.Client.Output.Write(last);
        pair.Client.Input.Complete();
        await pair.Client.Output.CompleteAsync().Soon();
        Assert.Equal(last, await pair.Server.Input.ReadToEndAsync());
    }

    [Fact]
    public async Task C05_ASendThatIsPendingWhenTheConnectionIsClosedStillArrives()
    {
        await using ConnectionPair pair = await OpenAsync();
        byte[] large = Bytes.Random(6, 20_000_000);
        Task sending = pair.Client.SendAsync(large).AsTask();
        Task closing = pair.Client.DisposeAsync().AsTask();
        Assert.Equal(large, await pair.Server.Input.ReadToEndAsync());
        await sending.Soon();
        await closing.Soon();
    }

    [Fact]
    public async Task C06_SendingAfterCloseFails()
    {
        await using ConnectionPair pair = await OpenAsync();
        await pair.Client.DisposeAsync().Soon();
        IOException error = await Assert.ThrowsAsync<IOException>(() => pair.Client.SendAsync([1]).Soon());
        Assert.Contains(pair.Client.RemoteAddress.ToString(), error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => pair.Client.Output.WriteAsync(new byte[] { 1 }).Soon());
    }

    [Fact]
    public async Task C06_ClosingAndAbortingTwiceIsHarmless()
    {
        await using ConnectionPair pair = await OpenAsync();
        await Task.WhenAll(pair.Client.DisposeAsync().AsTask(), pair.Client.DisposeAsync().AsTask()).Soon();
        await pair.Client.DisposeAsync().Soon();
        pair.Client.Abort();
        pair.Server.Abort(new InvalidOperationException("first"));
        pair.Server.Abort(new InvalidOperationException("second"));
        await pair.Server.DisposeAsync().Soon();
        await pair.Listener.DisposeAsync();
        await pair.Listener.DisposeAsync();
    }

    [Fact]
    public async Task C06_AReadAfterCloseIsTheEndAndAfterCompleteAnError()
    {
        await using ConnectionPair pair = await OpenAsync();
        await pair.Client.DisposeAsync().Soon();
        ReadResult result = await pair.Client.Input.ReadAsync().Soon();
        Assert.True(result.IsCompleted);
        pair.Client.Input.AdvanceTo(result.Buffer.End);
        pair.Client.Input.Complete();
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(pair.Client));
    }

    [Fact]
    public async Task C07_ACancelledTokenConnectsToNothing()
    {
        ITransport transport = Create();
        await using ITransportListener listener = await transport.ListenAsync(Any).Soon();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.ConnectAsync(listener.LocalAddress, cancelled).Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.ListenAsync(Any, cancelled).Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener.AcceptAsync(cancelled).Soon());
    }

    [Fact]
    public async Task C07_CancellingEndsAConnectThatWaitsForRoomInTheBacklog()
    {
        ITransport transport = Create(backlog: 1);
        await using ITransportListener listener = await transport.ListenAsync(Any).Soon();
        using var cancel = new CancellationTokenSource();
        // Nobody accepts: with a backlog of 1, and the one more that a kernel may take, the last of these can only wait.
        Task<ITransportConnection>[] connects =
            [.. Enumerable.Range(0, 4).Select(_ => transport.ConnectAsync(listener.LocalAddress, cancel.Token).AsTask())];
        await connects[0].Soon();
        cancel.Cancel();
        int waited = 0;
        foreach (Task<ITransportConnection> connect in connects)
        {
            try
            {
                await (await connect.Soon()).DisposeAsync().Soon();
            }
            catch (OperationCanceledException)
            {
                waited++;
            }
        }

        Assert.InRange(waited, 1, 3);
    }

    [Fact]
    public async Task C07_NobodyListeningIsUnavailableAndNotSentAndNamesTheAddress()
    {
        RpcAddress nobody = RpcAddress.Parse(Nobody);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Create().ConnectAsync(nobody).Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        Assert.StartsWith($"Cannot connect to {nobody}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Is the server running there?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task C09_FramesOfRandomSizesWrittenAndReadInRandomSplitsArriveIntact(int seed)
    {
        await using ConnectionPair pair = await OpenAsync();
        RandomFrames up = new(seed);
        RandomFrames down = new(seed + 1000);
        await Task.WhenAll(
            up.WriteAsync(pair.Client),
            up.ReadAndCheckAsync(pair.Server.Input),
            down.WriteAsync(pair.Server),
            down.ReadAndCheckAsync(pair.Client.Input)).Soon();
    }

    [Fact]
    public async Task C10_DisposingTheListenerEndsAcceptingAndLiveConnectionsGoOn()
    {
        await using ConnectionPair pair = await OpenAsync();
        Task<ITransportConnection?> pending = pair.Listener.AcceptAsync().AsTask();
        await pair.Listener.DisposeAsync();
        Assert.Null(await pending.Soon());
        Assert.Null(await pair.Listener.AcceptAsync().Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Create().ConnectAsync(pair.Listener.LocalAddress).Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        await pair.Client.SendAsync([1, 2, 3]).Soon();
        Assert.Equal([1, 2, 3], await pair.Server.Input.ReadExactlyAsync(3));
        await pair.Server.SendAsync([4, 5]).Soon();
        Assert.Equal([4, 5], await pair.Client.Input.ReadExactlyAsync(2));
    }

    [Fact]
    public async Task CancellingAnAcceptLeavesTheListenerUsable()
    {
        ITransport transport = Create();
        await using ITransportListener listener = await transport.ListenAsync(Any).Soon();
        using var cancel = new CancellationTokenSource();
        Task<ITransportConnection?> accepting = listener.AcceptAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.Soon());
        await using ITransportConnection client = await transport.ConnectAsync(listener.LocalAddress).Soon();
        await using ITransportConnection? server = await listener.AcceptAsync().Soon();
        Assert.NotNull(server);
    }

    [Fact]
    public async Task AnAbortFailsThePendingReadWithItsReasonAndThePeersReadToo()
    {
        await using ConnectionPair pair = await OpenAsync();
        Task<ReadResult> here = pair.Client.Input.ReadAsync().AsTask();
        Task<ReadResult> there = pair.Server.Input.ReadAsync().AsTask();
        var reason = new InvalidDataException("the peer sent nonsense");
        pair.Client.Abort(reason);
        IOException error = await Assert.ThrowsAsync<IOException>(() => here.Soon());
        Assert.Same(reason, error.InnerException);
        Assert.Contains("the peer sent nonsense", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => EndsAsync(there));
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(pair.Client));
        error = await Assert.ThrowsAsync<IOException>(() => pair.Client.SendAsync([1]).Soon());
        Assert.Same(reason, error.InnerException);

        // A Unix domain socket knows no reset: there the peer reads the end.
        async Task EndsAsync(Task<ReadResult> read)
        {
            if ((await read.Soon()).IsCompleted && pair.Client.RemoteAddress.Scheme == "unix") throw new IOException("the end");
        }
    }

    [Fact]
    public async Task AnAbortFailsThePendingSend()
    {
        await using ConnectionPair pair = await OpenAsync();
        // More than every buffer on the way takes, and nobody reads: the send cannot be over.
        Task sending = pair.Client.SendAsync(new byte[50_000_000]).AsTask();
        pair.Client.Abort();
        IOException error = await Assert.ThrowsAsync<IOException>(() => sending.Soon());
        Assert.Contains("aborted on this side", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAbortByThePeerFailsThePendingSend()
    {
        await using ConnectionPair pair = await OpenAsync();
        Task sending = pair.Client.SendAsync(new byte[50_000_000]).AsTask();
        pair.Server.Abort();
        await Assert.ThrowsAsync<IOException>(() => sending.Soon());
    }

    [Fact]
    public async Task ABufferInUseStaysIntactWhenTheConnectionIsClosedUnderIt()
    {
        await using ConnectionPair pair = await OpenAsync();
        byte[] sent = Bytes.Random(7, 1000);
        await pair.Server.SendAsync(sent).Soon();
        ReadResult result = await pair.Client.Input.ReadAtLeastAsync(1000).Soon();
        await pair.Client.DisposeAsync().Soon();
        pair.Client.Abort();
        Assert.Equal(sent, result.Buffer.ToArray());
        pair.Client.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task AbortsFromManyThreadsWhileBothSidesSendAndReadEndEverythingWithIOExceptionsOnly()
    {
        for (int round = 0; round < 20; round++)
        {
            await using ConnectionPair pair = await OpenAsync();
            using var start = new Barrier(3);
            Task aborting = Task.Run(() =>
            {
                start.SignalAndWait();
                (round % 2 == 0 ? pair.Client : pair.Server).Abort(new IOException("race"));
            });
            Task sending = Task.Run(async () =>
            {
                start.SignalAndWait();
                byte[] data = new byte[1000];
                while (true) await pair.Client.SendAsync(data);
            });
            Task reading = Task.Run(async () =>
            {
                start.SignalAndWait();
                while (true)
                {
                    ReadResult result = await pair.Server.Input.ReadAsync();
                    pair.Server.Input.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted) throw new EndOfStreamException();
                }
            });
            await aborting.Soon();
            await Assert.ThrowsAsync<IOException>(() => sending.Soon());
            await Assert.ThrowsAnyAsync<IOException>(() => reading.Soon());
        }
    }

    private Task<ConnectionPair> OpenAsync() => ConnectionPair.OpenAsync(Create(), Any, Pool);

    private static async Task ReadAsync(ITransportConnection connection) => await connection.Input.ReadAsync().Soon();
}
