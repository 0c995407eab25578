using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load.Tests;

/// <summary>The lengths of runs here only say how long it goes on; every assertion holds however many frames that lets through.</summary>
public sealed class RawTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    /// <summary>A ping-pong, small frames in flight, and more bytes in flight than socket buffers hold, with sizes that differ.</summary>
    public static TheoryData<int, int, int> Loads => new()
    {
        { 27, 21, 1 },
        { 74, 73, 512 },
        { 65_581, 65_580, 64 },
        { 3, 100_001, 100 },
        { 100_001, 3, 100 },
    };

    [Theory]
    [MemberData(nameof(Loads))]
    public void Run_Async_AnswersEveryFrameTurnAfterTurn(int request, int reply, int inFlight)
    {
        using var server = new RawAsyncServer();
        using var client = new RawAsyncClient(server.EndPoint, new FrameSizes(request, reply), inFlight);
        AssertAnswersEveryFrame(client, inFlight);
    }

    [Theory]
    [MemberData(nameof(Loads))]
    public void Run_Polled_AnswersEveryFrameTurnAfterTurn(int request, int reply, int inFlight)
    {
        using var server = new RawPolledServer();
        using var client = new RawPolledClient(server.EndPoint, new FrameSizes(request, reply), inFlight);
        AssertAnswersEveryFrame(client, inFlight);
    }

    [Fact]
    public void Open_NobodyListens_NamesTheAddress()
    {
        var gone = new RawAsyncServer();
        IPEndPoint endPoint = gone.EndPoint;
        gone.Dispose();
        using var client = new RawAsyncClient(endPoint, new FrameSizes(1, 1), 1);
        Assert.Contains(endPoint.ToString(), Assert.Throws<LoadException>(client.Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ServerLeaves_FailsInsteadOfWaiting(bool polled)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endPoint = (IPEndPoint)listener.LocalEndpoint;
        var frames = new FrameSizes(10, 10);
        using IContender client = polled ? new RawPolledClient(endPoint, frames, 4) : new RawAsyncClient(endPoint, frames, 4);
        var leaving = new Thread(() =>
        {
            using Socket socket = listener.AcceptSocket();
            RawHello.Accept(socket);
            RawHello.Ready(socket);
            socket.Receive(new byte[10]);
        });
        leaving.Start();
        client.Open();
        Assert.Contains("with 4 frames in flight", Assert.Throws<LoadException>(() => client.Run(Short)).Message, StringComparison.Ordinal);
        leaving.Join();
    }

    [Fact]
    public void Add_BytesThatSplitFrames_CountsEachFrameOnce()
    {
        var counter = new FrameCounter(10);
        Assert.Equal([0, 1, 0, 2, 1], new[] { 9, 1, 9, 12, 9 }.Select(n => counter.Add(n)));
    }

    [Fact]
    public void Answered_AcrossBatches_UsesTheTimeOfEachFramesOwnBatch()
    {
        var log = new FlightLog(inFlight: 3);
        var latencies = new LatencyHistogram();
        log.Sent(3, now: 0);
        log.Answered(2, now: 10, latencies);
        log.Sent(2, now: 20);
        log.Answered(2, now: 30, latencies);
        Assert.Equal(4, latencies.Count);
        Assert.Equal(10, latencies.Percentile(75));
        Assert.Equal(30, latencies.Max);
    }

    private static void AssertAnswersEveryFrame(IContender client, int inFlight)
    {
        for (int turn = 0; turn < 3; turn++)
        {
            client.Open();
            LoadSample sample = client.Run(Short);
            client.Close();
            Assert.True(sample.Calls >= inFlight);
            Assert.InRange(sample.CallsInTime, 0, sample.Calls);
            Assert.Equal(sample.Calls, sample.Latencies.Count);
        }
    }
}
