using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>Connections that wait, by means of the loop of the process.</summary>
public sealed class ParkedSocketTests
{
    private const int SmallBuffer = 4096;

    [Fact]
    public async Task AReadAndASend_WaitOnOneSocketTogether()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        byte[] sent = new byte[10_000_000];
        Task sending = harness.Connection.SendAsync(sent).AsTask();
        for (byte i = 0; i < 3; i++)
        {
            Task<ReadResult> read = harness.Input.ReadAsync().AsTask();
            Assert.False(read.IsCompleted);
            harness.Peer.Send([i]);
            ReadResult result = await read.Soon();
            Assert.Equal([i], result.Buffer.ToArray());
            harness.Input.AdvanceTo(result.Buffer.End);
            Assert.False(sending.IsCompleted);
        }

        Task<ReadResult> last = harness.Input.ReadAsync().AsTask();
        await Task.Run(() => ReceiveAll(harness.Peer, sent.Length)).Soon();
        await sending.Soon();
        Assert.False(last.IsCompleted);
        harness.Peer.Send([9]);
        Assert.Equal([9], (await last.Soon()).Buffer.ToArray());
    }

    [Fact]
    public async Task ThousandsOfParkedConnections_EachGetTheirOwnBytes()
    {
        const int Count = 2000;
        using var pairs = new SocketPairs(Count);
        var pool = new SegmentPool(ArrayPool<byte>.Shared);
        var settings = new SocketConnectionSettings { Pool = pool };
        RpcAddress nowhere = RpcAddress.Parse("tcp://127.0.0.1:1");
        SocketConnection[] connections = [.. pairs.Select(pair => new SocketConnection(pair.Near, nowhere, nowhere, settings))];
        Task<ReadResult>[] reads = [.. connections.Select(connection => connection.Input.ReadAsync().AsTask())];
        Assert.All(reads, read => Assert.False(read.IsCompleted));
        foreach ((int i, SocketPair pair) in pairs.Index()) pair.Far.Send(BitConverter.GetBytes(i));
        foreach ((int i, Task<ReadResult> read) in reads.Index())
        {
            ReadResult result = await read.Soon();
            Assert.Equal(i, BitConverter.ToInt32(result.Buffer.ToArray()));
            connections[i].Input.AdvanceTo(result.Buffer.End);
        }

        // Parked again, and now they end: one half by the peer, the other by an abort.
        reads = [.. connections.Select(connection => connection.Input.ReadAsync().AsTask())];
        foreach ((int i, SocketPair pair) in pairs.Index())
        {
            if (i % 2 == 0) pair.Far.Dispose();
            else connections[i].Abort();
        }

        foreach ((int i, Task<ReadResult> read) in reads.Index())
        {
            if (i % 2 == 0) Assert.True((await read.Soon()).IsCompleted);
            else await Assert.ThrowsAsync<IOException>(() => read.Soon());
            connections[i].Input.Complete();
            await connections[i].DisposeAsync().Soon();
            await connections[i].SocketClosed.Soon();
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public async Task Abort_EndsAParkedReadAndAParkedSend()
    {
        await using SocketHarness harness = SocketHarness.Open(SmallBuffer);
        Task sending = harness.Connection.SendAsync(new byte[10_000_000]).AsTask();
        Task<ReadResult> read = harness.Input.ReadAsync().AsTask();
        harness.Connection.Abort(new InvalidDataException("enough"));
        Assert.Contains("enough", (await Assert.ThrowsAsync<IOException>(() => read.Soon())).Message, StringComparison.Ordinal);
        Assert.Contains("enough", (await Assert.ThrowsAsync<IOException>(() => sending.Soon())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADescriptorThatIsUsedAgain_IsWaitedForAnew()
    {
        for (int i = 0; i < 200; i++)
        {
            // The kernel gives the lowest free number, so that sockets follow each other under the same few.
            await using SocketHarness harness = SocketHarness.Open();
            Task<ReadResult> read = harness.Input.ReadAsync().AsTask();
            if (i % 2 == 0)
            {
                // Its event may be on its way while the socket goes and the next one comes.
                harness.Peer.Send([1]);
                harness.Connection.Abort();
                Assert.IsNotType<TimeoutException>(await Record.ExceptionAsync(() => read.Soon()));
                continue;
            }

            harness.Peer.Send([2]);
            ReadResult result = await read.Soon();
            Assert.Equal([2], result.Buffer.ToArray());
            harness.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task ASocket_IsKnownToTheEnginesLoopAlone()
    {
        using Socket listener = SocketPair.Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await SocketConnector.ConnectAsync(socket, listener.LocalEndPoint!, CancellationToken.None).Soon();
        using Socket peer = await listener.AcceptAsync().Soon();
        RpcAddress nowhere = RpcAddress.Parse("tcp://127.0.0.1:1");
        LoopWaiter? waiter = null;
        var settings = new SocketConnectionSettings { CreateWaiter = s => waiter = new LoopWaiter(ReadinessLoop.Shared!, s) };
        var connection = new SocketConnection(socket, nowhere, nowhere, settings);
        Assert.Empty(EpollSets.With(socket));
        Task sending = connection.SendAsync(new byte[30_000_000]).AsTask();
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        Assert.False(sending.IsCompleted || read.IsCompleted);
        Assert.Equal([waiter!.Registration.Id], EpollSets.With(socket));
        connection.Abort();
        await Assert.ThrowsAsync<IOException>(() => sending.Soon());
        await Assert.ThrowsAsync<IOException>(() => read.Soon());
    }

    [Fact]
    public async Task AConnectThatIsCancelled_LeavesNothingInTheLoop()
    {
        // A listener whose queue is full does not answer, so that a further connect waits.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        List<Socket> waiting = [];
        using var cancel = new CancellationTokenSource();
        Task connecting;
        Socket last;
        do
        {
            last = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            waiting.Add(last);
            connecting = SocketConnector.ConnectAsync(last, listener.LocalEndPoint!, cancel.Token);
            // The kernel answers a connect over loopback within the call, or not at all: then the loop waits for it.
            if (EpollSets.With(last).Count > 0 && !last.Poll(100_000, SelectMode.SelectWrite)) break;
            await connecting.Soon();
        }
        while (waiting.Count < 20);

        Assert.False(connecting.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        Assert.Empty(EpollSets.With(last));
        waiting.ForEach(socket => socket.Dispose());
    }

    private static void ReceiveAll(Socket socket, int count)
    {
        byte[] bytes = new byte[64 * 1024];
        while (count > 0) count -= socket.Receive(bytes, 0, Math.Min(bytes.Length, count), SocketFlags.None);
    }
}
