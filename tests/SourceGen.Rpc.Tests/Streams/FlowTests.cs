using System.Runtime.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Who waits for whom, and how much is held meanwhile.</summary>
public sealed class FlowTests
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData("memory://")]
    [InlineData("tcp://127.0.0.1:0")]
    public async Task AReaderThatStops_StopsItsServersProducer_AndNobodyElse(string address)
    {
        await using FeedHost host = await FeedHost.StartAsync(address);
        StrongBox<int> produced = new();
        host.Feed.OnDown("counted", ct => Counted(produced, ct));
        IAsyncEnumerator<int> items = host.Calls.DownAsync("counted").GetAsyncEnumerator();
        for (int i = 0; i < 10; i++)
        {
            Assert.True(await items.MoveNextAsync().Soon());
            Assert.Equal(i, items.Current);
        }

        await AssertStalledAsync(host.ServerEnd, host.ClientEnd, produced);

        // Others go on, through the same connection: a whole stream of as many items as the stalled one, and calls.
        Assert.Equal(Million, await CountAsync(host.Calls.CountAsync(Million)).Soon());
        Assert.Equal(5, await host.Calls.AddAsync(2, 3).Soon());

        // And the reader that comes back finds everything in order.
        for (int i = 10; i < 50_000; i++)
        {
            Assert.True(await items.MoveNextAsync());
            Assert.Equal(i, items.Current);
        }

        await items.DisposeAsync().Soon();
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("memory://")]
    [InlineData("tcp://127.0.0.1:0")]
    public async Task AHandlerThatStopsReading_StopsItsCallersProducer_AndNobodyElse(string address)
    {
        await using FeedHost host = await FeedHost.StartAsync(address);
        using Gate gate = new();
        host.Feed.OnUp("stall", async (numbers, _) =>
        {
            int count = 0;
            await foreach (int number in numbers)
            {
                Assert.Equal(count++, number);
                if (count == 10) await gate.PassAsync();
            }

            return count;
        });
        StrongBox<int> produced = new();
        ValueTask<int> call = host.Calls.UpAsync("stall", Counted(produced, default));
        await gate.Reached;
        await AssertStalledAsync(host.ClientEnd, host.ServerEnd, produced);
        Assert.Equal(3L * Million * (Million - 1) / 2, await host.Calls.SumAsync(3, Items.CountTo(Million)).Soon());
        Assert.Equal(5, await host.Calls.AddAsync(2, 3).Soon());
        gate.Open();
        Assert.Equal(Million, await call.Soon());
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ManyStalledStreams_LeaveTheOthersAWindow()
    {
        await using FeedHost host = await FeedHost.StartAsync(both: options => options.Limits.ConnectionStreamWindow = 256 * 1024);
        StrongBox<int> produced = new();
        host.Feed.OnDown("counted", ct => Counted(produced, ct));
        List<IAsyncEnumerator<int>> stalled = [];
        for (int i = 0; i < 100; i++)
        {
            IAsyncEnumerator<int> items = host.Calls.DownAsync("counted").GetAsyncEnumerator();
            Assert.True(await items.MoveNextAsync().Soon());
            stalled.Add(items);
        }

        await Until.TrueAsync(() => IsQuiet(host.ServerEnd), () => "producers do not come to rest");
        Assert.True(host.ServerEnd.Streams.Sending.Shares <= 256 * 1024 + (100 * StreamCost.MaxFrameCost));
        Assert.Equal(100_000, await CountAsync(host.Calls.CountAsync(100_000)).Soon());
        List<byte[]> large = await host.Calls.BlobsAsync(3, 500_000).ToListAsync().Soon();
        Assert.Equal(3, large.Count);
        foreach (IAsyncEnumerator<int> items in stalled) await items.DisposeAsync().Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ManyStalledStreamsOfLargeItems_LeaveTheOthersOneEach()
    {
        const int Size = 200_000;
        await using FeedHost host = await FeedHost.StartAsync();
        List<IAsyncEnumerator<byte[]>> stalled = [];
        for (int i = 0; i < 40; i++)
        {
            IAsyncEnumerator<byte[]> items = host.Calls.BlobsAsync(100, Size).GetAsyncEnumerator();
            Assert.True(await items.MoveNextAsync().Soon());
            stalled.Add(items);
        }

        await Until.TrueAsync(() => host.ServerEnd.Streams.Sending.Waiting == stalled.Count, () => "producers do not come to rest");
        Assert.True(host.ServerEnd.Streams.Sending.Shares > new RpcLimits().ConnectionStreamWindow, "the window is not used up");
        Assert.Equal(50, await CountAsync(host.Calls.BlobsAsync(50, Size)).Soon());
        Assert.Equal(100_000, await CountAsync(host.Calls.CountAsync(100_000)).Soon());
        foreach (IAsyncEnumerator<byte[]> items in stalled) await items.DisposeAsync().Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AReaderThatWaits_GivesBackWhatItHasRead_WhenOthersUseUpTheWindow()
    {
        await using FeedHost host = await FeedHost.StartAsync(both: static options => options.Limits.ConnectionStreamWindow = 1024 * 1024);
        using Gate gate = new();
        StrongBox<int> produced = new();
        host.Feed.OnDown("counted", ct => Counted(produced, ct));
        host.Feed.OnDown("pausing", _ => Items.CountThen(4000, _ => gate.PassAsync()).Then(Items.CountTo(10_000)));
        IAsyncEnumerator<int> quiet = host.Calls.DownAsync("pausing").GetAsyncEnumerator();
        for (int i = 0; i < 4000; i++) Assert.True(await quiet.MoveNextAsync().Soon());
        ValueTask<bool> next = quiet.MoveNextAsync();
        await gate.Reached;
        Assert.False(next.IsCompleted);
        Assert.True(host.ClientEnd.Streams.Receiving.Shares > 0, "the reader gives back all at once: another number of items is needed");
        List<IAsyncEnumerator<int>> stalled = [];
        for (int i = 0; i < 50; i++)
        {
            IAsyncEnumerator<int> items = host.Calls.DownAsync("counted").GetAsyncEnumerator();
            Assert.True(await items.MoveNextAsync().Soon());
            stalled.Add(items);
        }

        await Until.TrueAsync(() => host.ServerEnd.Streams.Sending.Waiting == stalled.Count, () => "producers do not come to rest");
        gate.Open();
        Assert.True(await next.Soon());
        for (int i = 1; i < 10_000; i++) Assert.True(await quiet.MoveNextAsync().Soon());
        Assert.False(await quiet.MoveNextAsync().Soon());
        foreach (IAsyncEnumerator<int> items in stalled) await items.DisposeAsync().Soon();
        await quiet.DisposeAsync().Soon();
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UserCodeThatBlocksItsThread_HoldsUpItsOwnStreamOnly(bool lowLatency)
    {
        await using FeedHost host = await FeedHost.StartAsync("tcp://127.0.0.1:0", options => options.LowLatency = lowLatency);
        using Gate producer = new(), consumer = new(), handler = new();
        host.Feed.OnDown("block", _ => Blocking(producer));
        host.Feed.OnUp("block", async (numbers, ct) =>
        {
            await foreach (int _ in numbers) handler.Pass();
            return 1;
        });
        Task<List<int>> down = Task.Run(() => host.Calls.DownAsync("block").ToListAsync());
        ValueTask<int> up = host.Calls.UpAsync("block", Items.CountTo(1));
        Task reading = Task.Run(async () =>
        {
            await foreach (int _ in host.Calls.CountAsync(1)) consumer.Pass();
        });
        await producer.Reached;
        await consumer.Reached;
        await handler.Reached;
        for (int i = 0; i < 20; i++) Assert.Equal(i, await host.Calls.AddAsync(i, 0).Soon());
        Assert.Equal(5000, await CountAsync(host.Calls.CountAsync(5000)).Soon());
        producer.Open();
        consumer.Open();
        handler.Open();
        Assert.Equal([1], await down.Soon());
        Assert.Equal(1, await up.Soon());
        await reading.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomSizesAndWindows_KeepOrderAndLoseNothing(int seed)
    {
        Random random = new(seed);
        await using FeedHost host = await FeedHost.StartAsync(
            seed % 2 == 0 ? "memory://" : "tcp://127.0.0.1:0",
            options =>
            {
                options.Limits.StreamWindow = random.Next(1024, 100_000);
                options.Limits.ConnectionStreamWindow = random.Next(1024, 300_000);
                options.Limits.FragmentSize = random.Next(16 * 1024, 60_000);
            });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(async () =>
        {
            Random own = new((seed * 100) + number);
            int count = own.Next(1, 60);
            int size = own.Next(4) == 0 ? own.Next(0, 200_000) : own.Next(0, 3000);
            if (number % 3 == 0)
            {
                Assert.Equal((long)count * size, await host.Calls.MeasureAsync(Items.Blobs(count, size)));
            }
            else if (number % 3 == 1)
            {
                int next = 0;
                await foreach (byte[] blob in host.Calls.BlobsAsync(count, size))
                {
                    Assert.Equal(size, blob.Length);
                    Assert.DoesNotContain(blob, part => part != (byte)next);
                    next++;
                    if (own.Next(5) == 0) await Task.Yield();
                }

                Assert.Equal(count, next);
            }
            else
            {
                int items = own.Next(0, 30_000);
                Assert.Equal(Enumerable.Range(0, items), await host.Calls.TimesAsync(1, Items.CountTo(items)).ToListAsync());
            }
        }))).Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AThousandStreamsWithRandomCancellation_LeaveNothingBehind()
    {
        await using FeedHost host = await FeedHost.StartAsync("tcp://127.0.0.1:0");
        int producers = 0;
        host.Feed.OnDown("tracked", ct => Tracked(ct));
        host.Feed.OnUp("tracked", async (numbers, ct) => (await numbers.WithCancellation(ct).GetAsyncEnumerator().MoveNextAsync()) ? 1 : 0);
        host.Feed.OnBoth("tracked", (numbers, ct) => Echo(numbers, ct));
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => Task.Run(async () =>
        {
            Random random = new(number);
            using CancellationTokenSource source = new();
            int limit = random.Next(0, 3000);
            try
            {
                if (number % 3 == 0) await ReadAsync(host.Calls.DownAsync("tracked", source.Token));
                else if (number % 3 == 1) await ReadAsync(host.Calls.BothAsync("tracked", Tracked(default), source.Token));
                else
                {
                    if (number % 2 == 0) source.CancelAfter(random.Next(0, 20));
                    await host.Calls.UpAsync("tracked", Tracked(default), source.Token);
                }
            }
            catch (OperationCanceledException)
            {
                Assert.True(source.IsCancellationRequested);
            }
            catch (RpcException e)
            {
                Assert.Fail($"{e.Message} The server's log: {host.Log.All()}");
            }

            async Task ReadAsync(IAsyncEnumerable<int> items)
            {
                int read = 0;
                await foreach (int _ in items)
                {
                    if (++read < limit) continue;
                    if (number % 2 == 0) break;
                    await source.CancelAsync();
                }
            }
        }))).Soon();
        await host.AssertNothingLeftAsync();
        await Until.TrueAsync(() => Volatile.Read(ref producers) == 0, () => $"{producers} producers have not run their finally blocks");

        async IAsyncEnumerable<int> Tracked([EnumeratorCancellation] CancellationToken ct)
        {
            Interlocked.Increment(ref producers);
            try
            {
                for (int i = 0; ; i++)
                {
                    if (i % 500 == 499) await Task.Delay(1, ct);
                    yield return i;
                }
            }
            finally
            {
                Interlocked.Decrement(ref producers);
            }
        }

        async IAsyncEnumerable<int> Echo(IAsyncEnumerable<int> numbers, [EnumeratorCancellation] CancellationToken ct)
        {
            Interlocked.Increment(ref producers);
            try
            {
                await foreach (int number in numbers.WithCancellation(ct)) yield return number;
            }
            finally
            {
                Interlocked.Decrement(ref producers);
            }
        }
    }

    /// <summary>Waits until a producer rests, and checks that it could not get further than the windows.</summary>
    private static async Task AssertStalledAsync(RpcConnection sender, RpcConnection receiver, StrongBox<int> produced)
    {
        int before = -1;
        await Until.TrueAsync(
            () =>
            {
                int now = Volatile.Read(ref produced.Value);
                bool rests = now == before && now > 1000 && IsQuiet(sender);
                before = now;
                return rests;
            },
            () => $"the producer does not rest, at {produced.Value:N0} items");
        int window = new RpcLimits().StreamWindow;

        // An item costs 17 at least. A frame may go beyond the window, and another one waits in the producer's hands.
        int most = (window + (2 * StreamCost.MaxFrameCost)) / (StreamCost.PerItem + 1);
        Assert.InRange(produced.Value, 1000, most);
        Assert.InRange(receiver.Streams.Receiving.Shares, 1, window + StreamCost.MaxFrameCost);
        Assert.InRange(sender.Streams.Sending.Shares, 1, window + StreamCost.MaxFrameCost);
        Assert.False(sender.Output.HasUnsent);
    }

    private static bool IsQuiet(RpcConnection sender) => !sender.Output.HasUnsent;

    private static async IAsyncEnumerable<int> Counted(StrongBox<int> produced, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        for (int i = 0; i < Million && !ct.IsCancellationRequested; i++)
        {
            Volatile.Write(ref produced.Value, i + 1);
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Blocking(Gate gate)
    {
        gate.Pass();
        yield return 1;
        await Task.Yield();
    }

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> items)
    {
        int count = 0;
        await foreach (T _ in items) count++;
        return count;
    }
}
