using SourceGen.Rpc.Soak.Peer;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Soak.Tests.Processes;

/// <summary>
/// A million items between two processes, against a reader that stops again and again: its producer stops, and neither process holds more
/// than a window of them.
/// </summary>
public sealed class MillionItemsTests
{
    private const int Million = 1_000_000;
    private const int StopEvery = 250_000;

    /// <summary>
    /// What memory may differ by that has nothing to do with the stream. A million items are 16 MB as an array, and 64 MB as messages; a
    /// window of them is less than 2 MB on both sides.
    /// </summary>
    private const long Slack = 8_000_000;

    [Fact]
    public async Task AServerStream_WhoseReaderStops_MakesNeitherProcessGrow()
    {
        using PeerProcess process = await PeerProcess.ServeAsync("tcp://127.0.0.1:0");
        await using RpcClient client = await RpcClient.ConnectAsync(process.Said).Soon();
        IPeer peer = client.Get<IPeer>();
        long own = Held();
        long others = (await peer.StateAsync().Soon()).HeldBytes;
        int next = 0;
        await foreach (Reading reading in peer.DownAsync(Million))
        {
            Assert.Equal(Reading.Of(next), reading);
            if (++next % StopEvery != 0) continue;
            PeerState state = await RestAsync(peer, static state => state.Produced);
            Assert.InRange(state.Produced - next, next == Million ? 0 : 1, Million / 10);
            AssertHeld(own, Held(), "reads");
            AssertHeld(others, state.HeldBytes, "sends");
        }

        Assert.Equal(Million, next);
        Assert.Equal(0, (await peer.StateAsync().Soon()).Running);
    }

    [Fact]
    public async Task AClientStream_WhoseReaderStops_MakesNeitherProcessGrow()
    {
        using PeerProcess process = await PeerProcess.ServeAsync("tcp://127.0.0.1:0");
        await using RpcClient client = await RpcClient.ConnectAsync(process.Said).Soon();
        IPeer peer = client.Get<IPeer>();
        PeerService producer = new();
        long own = Held();
        long others = (await peer.StateAsync().Soon()).HeldBytes;
        Task<long> call = peer.UpAsync(StopEvery, producer.ProduceAsync(Million)).AsTask();
        for (int read = StopEvery; read <= Million; read += StopEvery)
        {
            await Until.TrueAsync(() => producer.Produced >= read, () => $"{producer.Produced:N0} items were produced");
            PeerState state = await RestAsync(peer, state => state.Consumed + producer.Produced);
            Assert.Equal(read, state.Consumed);
            Assert.InRange(producer.Produced - read, read == Million ? 0 : 1, Million / 10);
            AssertHeld(own, Held(), "sends");
            AssertHeld(others, state.HeldBytes, "reads");
            await peer.GoOnAsync().Soon();
        }

        Assert.Equal(Million, await call.Soon());
        Assert.Equal(0, producer.Running);
    }

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    private static void AssertHeld(long before, long now, string what) =>
        Assert.True(now - before < Slack, $"the process that {what} holds {now:N0} bytes, and held {before:N0} before");

    /// <summary>Asks the other process until nothing moves any more.</summary>
    private static async Task<PeerState> RestAsync(IPeer peer, Func<PeerState, long> progress)
    {
        PeerState last = await peer.StateAsync().Soon();
        for (int same = 0; same < 3;)
        {
            await Task.Delay(20);
            PeerState now = await peer.StateAsync().Soon();
            same = progress(now) == progress(last) ? same + 1 : 0;
            last = now;
        }

        return last;
    }
}
