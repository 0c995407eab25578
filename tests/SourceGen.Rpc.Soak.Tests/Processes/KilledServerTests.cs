using SourceGen.Rpc.Soak.Peer;
using SourceGen.Rpc.Soak.Tests.Counting;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Soak.Tests.Processes;

/// <summary>A server process that is killed, or frozen, in the middle of everything; this process is its client.</summary>
public sealed class KilledServerTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("unix:///tmp/{0}.sock")]
    public async Task KillingTheServer_EndsEveryCallOfItsClient_WhichReconnectsToTheNextOne(string address)
    {
        address = address.Replace("{0}", $"soak-{Guid.NewGuid():N}", StringComparison.Ordinal);
        using SocketFile left = new(address);
        using PeerProcess server = await PeerProcess.ServeAsync(address);
        await using RpcClient client = await RpcClient.ConnectAsync(server.Said, Patient()).Soon();
        IPeer peer = client.Get<IPeer>();
        RpcConnection connection = Leftovers.ConnectionOf(client)!;
        BusyClient busy = new(peer);
        await busy.UnderWay.Soon();

        server.Kill();

        await AssertEndAsync(busy, "The connection is lost: ");
        await AssertNothingLeftAsync(busy, connection);

        using PeerProcess next = await PeerProcess.ServeAsync(server.Said);
        Assert.Equal(5, await peer.AddAsync(2, 3).Soon());
        BusyClient again = new(peer);
        await again.UnderWay.Soon();
        next.Kill();
        await AssertEndAsync(again, "The connection is lost: ");
    }

    [Fact]
    public async Task AFrozenServer_IsFoundByKeepAlive()
    {
        if (!OperatingSystem.IsLinux()) return; // Signals have other numbers elsewhere.
        using PeerProcess server = await PeerProcess.ServeAsync("tcp://127.0.0.1:0");
        await using RpcClient client = await RpcClient.ConnectAsync(server.Said, Patient(static options =>
        {
            options.KeepAliveInterval = TimeSpan.FromMilliseconds(300);
            options.KeepAliveTimeout = TimeSpan.FromMilliseconds(700);
        })).Soon();
        IPeer peer = client.Get<IPeer>();
        RpcConnection connection = Leftovers.ConnectionOf(client)!;
        BusyClient busy = new(peer);
        await busy.UnderWay.Soon();

        server.Freeze();

        await AssertEndAsync(busy, "did not answer a keep-alive ping");
        await AssertNothingLeftAsync(busy, connection);

        server.Thaw();
        Assert.Equal(5, await peer.AddAsync(2, 3).Soon());
    }

    private static async Task AssertEndAsync(BusyClient busy, string why)
    {
        foreach (Task end in busy.Ends)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => end.Soon());
            Assert.Equal(RpcStatusCode.Unavailable, error.Code);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task AssertNothingLeftAsync(BusyClient busy, RpcConnection connection)
    {
        await connection.Closed.Soon();
        await Until.TrueAsync(() => busy.Producing == 0, () => $"{busy.Producing} producers have not run their finally-blocks");
        await Until.TrueAsync(() => connection.Streams.Open == 0, () => $"{connection.Streams.Open} producers are at work");
        Assert.Equal(0, connection.Streams.Sending.Waiting);
        Assert.Equal(0, connection.Streams.Receiving.Shares);
        await Until.TrueAsync(
            static () => FrameBufferSegment.Outstanding == 0, () => $"{FrameBufferSegment.Outstanding} output buffers are lent");
    }

    private static RpcClientOptions Patient(Action<RpcClientOptions>? configure = null)
    {
        RpcClientOptions options = new() { CallTimeout = Timeout.InfiniteTimeSpan, ConnectTimeout = Waiting.Limit };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>What a server that is killed leaves in the file system.</summary>
    private sealed class SocketFile(string address) : IDisposable
    {
        public void Dispose()
        {
            if (address.StartsWith("unix://", StringComparison.Ordinal)) File.Delete(address["unix://".Length..]);
        }
    }
}
