using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>What streams do, over every transport and both codecs.</summary>
public abstract class StreamConformance
{
    /// <summary>An address at which the transport chooses a free place itself.</summary>
    protected abstract string Any { get; }

    [Fact]
    public async Task EveryShapeOfStream_Works()
    {
        await using FeedHost host = await StartAsync();
        foreach (int count in (int[])[0, 1, 2, 5000])
        {
            Assert.Equal(Enumerable.Range(0, count), await host.Calls.CountAsync(count).ToListAsync().Soon());
            Assert.Equal(3L * count * (count - 1) / 2, await host.Calls.SumAsync(3, Items.CountTo(count)).Soon());
            IEnumerable<int> doubled = Enumerable.Range(0, count).Select(i => i * 2);
            Assert.Equal(doubled, await host.Calls.TimesAsync(2, Items.CountTo(count)).ToListAsync().Soon());
            await host.Calls.DrainAsync(Items.CountTo(count)).Soon();
            await host.Calls.DrainTaskAsync(Items.CountTo(count)).Soon();
        }

        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ManyItems_ArriveInOrder_BothWays()
    {
        const int Count = 300_000;
        await using FeedHost host = await StartAsync();
        int next = 0;
        await foreach (int item in host.Calls.CountAsync(Count)) Assert.Equal(next++, item);
        Assert.Equal(Count, next);
        next = 0;
        await foreach (int item in host.Calls.TimesAsync(1, Items.CountTo(Count))) Assert.Equal(next++, item);
        Assert.Equal(Count, next);
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(131_072)]
    [InlineData(1_000_000)]
    public async Task ItemsOfAnySize_ArriveWhole_BothWays(int size)
    {
        const int Count = 12;
        await using FeedHost host = await StartAsync();
        List<byte[]> blobs = await host.Calls.BlobsAsync(Count, size).ToListAsync().Soon();
        Assert.Equal(Count, blobs.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(size, blobs[i].Length);
            Assert.DoesNotContain(blobs[i], part => part != i);
        }

        Assert.Equal((long)Count * size, await host.Calls.MeasureAsync(Items.Blobs(Count, size)).Soon());
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AnItemCallsAreNotHeldUpBy_WhoeverStreams()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource ended = Items.Signal();
        host.Feed.OnDown("for ever", ct => Items.ForEver(ended, ct));
        using CancellationTokenSource source = new();
        List<int> read = [];
        Task<Exception?> reading = host.Calls.DownAsync("for ever", source.Token).ReadIntoAsync(read);
        for (int i = 0; i < 200; i++) Assert.Equal(i + 1, await host.Calls.AddAsync(i, 1).Soon());
        await source.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>(await reading.Soon());
        await ended.Soon();
        Assert.Equal(Enumerable.Range(0, read.Count), read);
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task LeavingTheLoop_EndsTheProducer_WithItsFinallyBlocks()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource ended = Items.Signal();
        host.Feed.OnDown("for ever", ct => Items.ForEver(ended, ct));
        await foreach (int item in host.Calls.DownAsync("for ever"))
        {
            if (item == 1234) break;
        }

        await ended.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AHandlerThatLeavesItsLoop_EndsTheCallersProducer()
    {
        await using FeedHost host = await StartAsync();
        host.Feed.OnUp("leave", async (numbers, _) =>
        {
            await foreach (int number in numbers)
            {
                if (number == 500) return number;
            }

            return -1;
        });
        TaskCompletionSource ended = Items.Signal();
        Assert.Equal(500, await host.Calls.UpAsync("leave", Items.ForEver(ended)).Soon());
        await ended.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AHandlerThatLeavesItsLoopAndGoesOn_EndsTheCallersProducerMeanwhile()
    {
        await using FeedHost host = await StartAsync();
        using Gate gate = new();
        host.Feed.OnUp("leave", async (numbers, _) =>
        {
            await foreach (int number in numbers) break;
            await gate.PassAsync();
            return 7;
        });
        TaskCompletionSource ended = Items.Signal();
        ValueTask<int> call = host.Calls.UpAsync("leave", Items.OneThenWait(ended));
        await gate.Reached;
        await ended.Soon();
        gate.Open();
        Assert.Equal(7, await call.Soon());
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AHandlerThatNeverReadsItsStream_AnswersAllTheSame()
    {
        await using FeedHost host = await StartAsync();
        host.Feed.OnUp("ignore", (_, _) => new(9));
        TaskCompletionSource ended = Items.Signal();
        Assert.Equal(9, await host.Calls.UpAsync("ignore", Items.ForEver(ended)).Soon());
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATokenEndsAServerStream_TheMethodsAndTheEnumeratorsAlike(bool ofTheMethod)
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource ended = Items.Signal();
        host.Feed.OnDown("wait", ct => Items.OneThenWait(ended, ct));
        using CancellationTokenSource source = new();
        IAsyncEnumerable<int> stream = ofTheMethod ? host.Calls.DownAsync("wait", source.Token) : host.Calls.DownAsync("wait");
        IAsyncEnumerator<int> items = stream.GetAsyncEnumerator(ofTheMethod ? default : source.Token);
        Assert.True(await items.MoveNextAsync().Soon());
        ValueTask<bool> next = items.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Soon());
        Assert.Equal(source.Token, error.CancellationToken);
        await items.DisposeAsync().Soon();
        await ended.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task ATokenThatComesAfterAStreamsEndAndBeforeItsItemsAreRead_IsNotTakenForTheEnd(int read)
    {
        await using FeedHost host = await StartAsync();
        using CancellationTokenSource source = new();
        await using IAsyncEnumerator<int> items = host.Calls.CountAsync(10).GetAsyncEnumerator(source.Token);
        for (int i = 0; i < read; i++) Assert.True(await items.MoveNextAsync());
        for (int i = 0; i < 20; i++) await host.Calls.AddAsync(1, 1); // The rest of the stream and its end are here then, as a rule.
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await items.MoveNextAsync()) Assert.True(read++ < 10);
        });
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ATokenThatComesWithAStreamsEnd_IsNotForgotten()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource ending = Items.Signal();
        host.Feed.OnDown("two", _ => Items.CountThen(2, _ => ending.Task));
        Random random = new(20261122);
        for (int i = 0; i < 300; i++)
        {
            ending = Items.Signal();
            using CancellationTokenSource source = new();
            await using IAsyncEnumerator<int> items = host.Calls.DownAsync("two").GetAsyncEnumerator(source.Token);
            Assert.True(await items.MoveNextAsync().Soon());
            // The reply is on its way, here, being read, or read.
            ending.SetResult();
            Thread.SpinWait(random.Next(40_000));
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await items.MoveNextAsync().Soon()) Assert.Equal(1, items.Current);
            });
        }

        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ATokenEndsAClientStream_OnBothSides()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource<Exception> seen = new();
        TaskCompletionSource first = Items.Signal();
        host.Feed.OnUp("read", async (numbers, ct) =>
        {
            try
            {
                await foreach (int _ in numbers) first.TrySetResult();
                return 0;
            }
            catch (Exception e)
            {
                seen.SetResult(e);
                throw;
            }
        });
        using CancellationTokenSource source = new();
        TaskCompletionSource ended = Items.Signal();
        ValueTask<int> call = host.Calls.UpAsync("read", Items.OneThenWait(ended), source.Token);
        await first.Soon();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await ended.Soon();
        Exception there = await seen.Task.Soon();
        Assert.True(there is OperationCanceledException or RpcException { Code: RpcStatusCode.Cancelled }, $"the handler saw {there}");
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AServersProducerThatThrows_FailsTheLoopAfterItsItems()
    {
        await using FeedHost host = await StartAsync();
        host.Feed.OnDown("throw", static _ => Items.CountThen(
            2500, static _ => throw new RpcException(RpcStatusCode.NotFound, "no more lamps", "shop.lamps", 404)));
        List<int> read = [];
        RpcException error = Assert.IsType<RpcException>(await host.Calls.DownAsync("throw").ReadIntoAsync(read).Soon());
        Assert.Equal((RpcStatusCode.NotFound, "no more lamps", "shop.lamps", 404), (error.Code, error.Detail, error.Id, error.Status));
        Assert.Equal(Enumerable.Range(0, 2500), read);
        host.Feed.OnDown("undeclared", static _ => Items.CountThen(1, static _ => throw new InvalidOperationException("inside")));
        error = Assert.IsType<RpcException>(await host.Calls.DownAsync("undeclared").ReadIntoAsync(read).Soon());
        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        Assert.DoesNotContain("inside", error.Message, StringComparison.Ordinal);
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ACallersProducerThatThrows_FailsTheHandlersLoopAndTheCallWithItsOwnError()
    {
        await using FeedHost host = await StartAsync();
        int read = 0;
        TaskCompletionSource<RpcException> seen = new();
        host.Feed.OnUp("read", async (numbers, token) =>
        {
            try
            {
                await foreach (int number in numbers) read++;
                return read;
            }
            catch (RpcException e)
            {
                seen.SetResult(e);
                throw;
            }
        });
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.Calls.UpAsync("read", Items.CountThen(2500, OutOfNumbers)).Soon());
        Assert.Equal("out of numbers", error.Message);
        RpcException there = await seen.Task.Soon();
        Assert.Equal(RpcStatusCode.Aborted, there.Code);
        Assert.Contains("InvalidOperationException", there.Message, StringComparison.Ordinal);
        Assert.Equal(2500, read);
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ACallersProducerThatThrows_IsForTheHandlerToForgive()
    {
        await using FeedHost host = await StartAsync();
        host.Feed.OnUp("forgive", async (numbers, _) =>
        {
            List<int> read = [];
            Assert.IsType<RpcException>(await numbers.ReadIntoAsync(read));
            return read.Count;
        });
        Assert.Equal(10, await host.Calls.UpAsync("forgive", Items.CountThen(10, OutOfNumbers)).Soon());
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AnItemThatCannotBeEncodedOrDecoded_FailsItsCallOnly()
    {
        await using FeedHost host = await StartAsync();
        List<Fussy> read = [];
        RpcException error = Assert.IsType<RpcException>(await host.Calls.FussyAsync(100, -1).ReadIntoAsync(read).Soon());
        Assert.Equal((100, RpcStatusCode.Internal), (read.Count, error.Code));
        Assert.Contains("An item of Tests.Feed/Fussy cannot be encoded", error.Message, StringComparison.Ordinal);
        read.Clear();
        error = Assert.IsType<RpcException>(await host.Calls.FussyAsync(100, -2).ReadIntoAsync(read).Soon());
        Assert.Equal((100, RpcStatusCode.Internal), (read.Count, error.Code));
        Assert.Contains("Tests.Feed/Fussy", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<RpcException>(() => host.Calls.TakeFussyAsync(Fussies(-1)).Soon());
        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("An item of the stream of Tests.Feed/TakeFussy cannot be encoded", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<RpcException>(() => host.Calls.TakeFussyAsync(Fussies(-2)).Soon());
        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
        await host.AssertNothingLeftAsync();

        static async IAsyncEnumerable<Fussy> Fussies(int bad)
        {
            await Task.Yield();
            yield return Fussy.Of(1);
            yield return Fussy.Of(bad);
        }
    }

    [Fact]
    public async Task ALostConnection_EndsEveryStreamOnBothSides_AndSaysWhy()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource downEnded = Items.Signal(), upEnded = Items.Signal();
        TaskCompletionSource<Exception> seen = new();
        TaskCompletionSource first = Items.Signal();
        host.Feed.OnDown("wait", ct => Items.OneThenWait(downEnded, ct));
        host.Feed.OnUp("read", async (numbers, token) =>
        {
            try
            {
                await foreach (int _ in numbers) first.TrySetResult();
                return 0;
            }
            catch (Exception e)
            {
                seen.SetResult(e);
                throw;
            }
        });
        List<int> read = [];
        IAsyncEnumerator<int> items = host.Calls.DownAsync("wait").GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync().Soon());
        ValueTask<bool> next = items.MoveNextAsync();
        ValueTask<int> up = host.Calls.UpAsync("read", Items.OneThenWait(upEnded));
        await first.Soon();
        host.ServerEnd.Close(new RpcException(RpcStatusCode.Unavailable, "the test cut the cable"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => next.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        Assert.Equal(RpcStatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => up.Soon())).Code);
        await downEnded.Soon();
        await upEnded.Soon();
        RpcException there = Assert.IsType<RpcException>(await seen.Task.Soon());
        Assert.Contains("the test cut the cable", there.Message, StringComparison.Ordinal);
        await items.DisposeAsync().Soon();
        await Until.TrueAsync(() => host.Client.IsConnected, () => "the client does not connect again");
        Assert.Equal([0, 1, 2], await host.Calls.CountAsync(3).ToListAsync().Soon()); // Over a new connection.
    }

    [Fact]
    public async Task AStreamWithALimit_FailsWhenItIsOver()
    {
        await using FeedHost host = await StartAsync();
        TaskCompletionSource ended = Items.Signal();
        host.Feed.OnDown("wait", ct => Items.OneThenWait(ended, ct));
        List<int> read = [];
        RpcException error = Assert.IsType<RpcException>(await host.Calls.BrieflyAsync("wait").ReadIntoAsync(read).Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        await ended.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task EnumeratingTwice_CallsTwice_AndNotEnumeratingDoesNotCall()
    {
        await using FeedHost host = await StartAsync();
        int calls = 0;
        host.Feed.OnDown("count", _ =>
        {
            Interlocked.Increment(ref calls);
            return Items.CountTo(3);
        });
        IAsyncEnumerable<int> stream = host.Calls.DownAsync("count");
        IAsyncEnumerator<int> unused = stream.GetAsyncEnumerator();
        await unused.DisposeAsync().Soon();
        Assert.Equal(5, await host.Calls.AddAsync(2, 3).Soon());
        Assert.Equal(0, calls);
        Assert.Equal([0, 1, 2], await stream.ToListAsync().Soon());
        Assert.Equal([0, 1, 2], await stream.ToListAsync().Soon());
        Assert.Equal(2, calls);
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ALargeRequestAndItsStream_ArriveInOrder_AlsoWhenTheyAreCancelled()
    {
        await using FeedHost host = await StartAsync();
        byte[] luggage = new byte[3_000_000];
        Assert.Equal(luggage.Length + 2000, await host.Calls.UpWithLuggageAsync(luggage, Items.CountTo(2000)).Soon());
        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource source = new();
            TaskCompletionSource ended = Items.Signal();
            ValueTask<int> call = host.Calls.UpWithLuggageAsync(luggage, Items.ForEver(ended), source.Token);
            if (i % 2 == 0) await Task.Yield();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        }

        await host.AssertNothingLeftAsync();
        Assert.DoesNotContain("broke the wire protocol", host.Log.All(), StringComparison.Ordinal);
    }

    /// <summary>Sets what distinguishes the implementation.</summary>
    protected virtual void Configure(RpcConnectionOptions options)
    {
    }

    private static Task OutOfNumbers(CancellationToken cancellationToken) => throw new InvalidOperationException("out of numbers");

    private Task<FeedHost> StartAsync() => FeedHost.StartAsync(Any, Configure);
}

public sealed class MemoryStreamTests : StreamConformance
{
    protected override string Any => "memory://";
}

public sealed class TcpStreamTests : StreamConformance
{
    protected override string Any => "tcp://127.0.0.1:0";
}

public sealed class LowLatencyStreamTests : StreamConformance
{
    protected override string Any => "tcp://127.0.0.1:0";

    protected override void Configure(RpcConnectionOptions options) => options.LowLatency = true;
}

/// <summary>In JSON, whose items are written one by one.</summary>
public sealed class JsonStreamTests : StreamConformance
{
    protected override string Any => "memory://";

    protected override void Configure(RpcConnectionOptions options)
    {
        options.Codecs.Clear();
        options.Codecs.Add(new JsonCodec(FeedJson.Default));
    }
}

/// <summary>Windows so small that every few items wait for credit, and frames as small as they may be.</summary>
public sealed class SmallWindowStreamTests : StreamConformance
{
    protected override string Any => "memory://";

    protected override void Configure(RpcConnectionOptions options)
    {
        options.Limits.StreamWindow = 1024;
        options.Limits.ConnectionStreamWindow = 1024;
        options.Limits.MaxFrameSize = 16 * 1024;
        options.Limits.FragmentSize = 16 * 1024;
    }
}

public sealed class UnixStreamTests : StreamConformance, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sgrpc-{Guid.NewGuid():N}.sock");

    protected override string Any => $"unix://{_path}";

    public void Dispose() => File.Delete(_path);
}
