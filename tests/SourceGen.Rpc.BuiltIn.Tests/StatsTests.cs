using System.Diagnostics;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.BuiltIn.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Tests;

public sealed class StatsTests
{
    [Fact]
    public async Task Calls_and_errors_and_times_are_counted_by_method()
    {
        await using Shop shop = await Shop.OpenAsync();
        IOrders orders = shop.Client.Get<IOrders>();
        for (int i = 0; i < 5; i++) await orders.CountAsync(1, 2).Soon();
        await orders.CancelAsync(Orders.Id).Soon();
        await Assert.ThrowsAsync<RpcException>(() => orders.CancelAsync(Guid.Empty).Soon());
        shop.Orders.OnRun = async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("not declared");
        };
        await Assert.ThrowsAsync<RpcException>(() => orders.RunAsync().Soon());

        ServerStats stats = await shop.Client.Get<IStats>().GetAsync("Shop.Orders").Soon();
        MethodStats count = stats.Methods.Single(method => method.Method == "Count");
        Assert.Equal((5, 0, 0), (count.Calls, count.InFlight, count.Errors.Count));
        Assert.InRange(count.Latency.Timed, 1, 5);
        Assert.Equal(count.Latency.Timed, count.Latency.Buckets.Sum(bucket => bucket.Count));
        Assert.True(count.Latency.Percentile(1) >= count.Latency.Percentile(0));
        MethodStats cancel = stats.Methods.Single(method => method.Method == "Cancel");
        Assert.Equal(2, cancel.Calls);
        Assert.Equal(new Dictionary<RpcStatusCode, long> { [RpcStatusCode.NotFound] = 1 }, cancel.Errors);
        MethodStats run = stats.Methods.Single(method => method.Method == "Run");
        Assert.Equal(new Dictionary<RpcStatusCode, long> { [RpcStatusCode.Unknown] = 1 }, run.Errors);
        Assert.Equal(["Shop.Orders"], stats.Methods.Select(method => method.Service).Distinct());
        Assert.Equal((1, 1), (stats.Connections, stats.ConnectionsAccepted));
        Assert.True(stats.Uptime > TimeSpan.Zero && stats.Process.HeapBytes > 0 && stats.Process.AllocatedBytes > 0);
        Assert.Contains((await shop.Client.Get<IStats>().GetAsync().Soon()).Methods, method =>
            method is { Service: "rpc.Stats", InFlight: 1 });
    }

    [Fact]
    public async Task A_call_in_flight_is_seen_and_a_cancelled_one_counts_as_cancelled()
    {
        await using Shop shop = await Shop.OpenAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Orders.OnRun = async token =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        };
        using CancellationTokenSource source = new();
        Task<int> call = shop.Client.Get<IOrders>().RunAsync(source.Token).AsTask();
        await entered.Task.Soon();
        Assert.Equal((0, 1), await ReadAsync(shop));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        (long Calls, long InFlight) last = default;
        for (bool ended = false; !ended; ended = last.InFlight == 0) last = await ReadAsync(shop);
        Assert.Equal((1, 0), last);
        ServerStats stats = await shop.Client.Get<IStats>().GetAsync("Shop.Orders").Soon();
        Assert.Equal([RpcStatusCode.Cancelled], stats.Methods.Single(method => method.Method == "Run").Errors.Keys);
    }

    [Fact]
    public async Task Calls_of_many_threads_are_all_counted()
    {
        const int Callers = 64;
        const int Calls = 500;
        await using Shop shop = await Shop.OpenAsync();
        int turn = 0;
        shop.Orders.OnRun = async _ =>
        {
            if (Interlocked.Increment(ref turn) % 2 == 0) await Task.Yield();
            return 0;
        };
        IOrders orders = shop.Client.Get<IOrders>();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Calls; i++) await orders.RunAsync();
        }))).Soon();

        // A handler's end is counted after its result is known, but before its reply is sent.
        Assert.Equal((Callers * Calls, 0), await ReadAsync(shop));
    }

    [Fact]
    public void Every_time_falls_into_a_bucket_that_is_at_most_an_eighth_wide()
    {
        Random random = new(20_261_121);
        long previousEnd = 0;
        for (int index = 0; index <= LatencyTable.IndexOf(long.MaxValue); index++)
        {
            long end = LatencyTable.EndOf(index);
            Assert.Equal(index, LatencyTable.IndexOf(previousEnd));
            Assert.Equal(index, LatencyTable.IndexOf(end - 1));
            bool isNarrow = index <= 8 || end == long.MaxValue || (end - previousEnd) * 8 <= previousEnd;
            Assert.True(isNarrow, $"bucket {index} is from {previousEnd} to {end}");
            previousEnd = end;
        }

        Assert.Equal(long.MaxValue, previousEnd);
        LatencyTable table = new();
        long sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            long ticks = random.NextInt64(Stopwatch.Frequency * 100);
            table.Add(ticks);
            sum += (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency);
        }

        table.Add(-1);
        LatencyStats stats = table.Read();
        Assert.Equal((1001, sum), (stats.Timed, stats.TotalNanoseconds));
        Assert.Equal(1001, stats.Buckets.Sum(bucket => bucket.Count));
        Assert.InRange(stats.Percentile(0.5).TotalSeconds, 40, 60);
    }

    [Fact]
    public void Percentiles_of_nothing_are_zero_and_shares_have_a_range()
    {
        LatencyStats nothing = new LatencyTable().Read();
        Assert.Equal(TimeSpan.Zero, nothing.Percentile(0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => nothing.Percentile(99));
        Assert.Throws<ArgumentOutOfRangeException>(() => nothing.Percentile(double.NaN));
    }

    [Fact]
    public void Calls_that_follow_each_other_closely_are_sampled_and_never_fewer_than_one_in_127()
    {
        CallCell cell = default;
        int timed = 0;
        int gap = 0;
        int longest = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            if (cell.Begin() != 0)
            {
                timed++;
                longest = Math.Max(longest, gap);
                gap = 0;
            }

            gap++;
            cell.End();
        }

        Assert.Equal((1_000_000, 1_000_000), (cell.Started, cell.Ended));
        Assert.InRange(timed, 1_000_000 / 127, 1_000_000);
        Assert.InRange(longest, 1, 127);
    }

    [Fact]
    public void Counting_a_call_allocates_nothing()
    {
        CallCounts counts = new();
        UnaryHandler<object, int, int> handler = counts.Count<object, int, int>(
            ContractOf<IOrders>().Methods[0], static (object _, in int request, CancellationToken _) => new ValueTask<int>(request + 1));
        Assert.Equal(1_000, Sum(handler, 1_000));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int sum = Sum(handler, 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, sum);
        Assert.Equal(11_000, counts.Read("").Single().Calls);
    }

    [Fact]
    public async Task Bytes_of_all_connections_are_counted_and_stay_when_one_has_ended()
    {
        await using Shop shop = await Shop.OpenAsync();
        IStats stats = shop.Client.Get<IStats>();
        ServerStats before = await stats.GetAsync("none").Soon();
        Assert.InRange(before.BytesReceived, 1, 5_000);
        await using (RpcClient second = await RpcClient.ConnectAsync(shop.Address, Shop.Patient).Soon())
        {
            await second.Get<IOrders>().NoteAsync(new string('x', 20_000)).Soon();
            await second.Get<IOrders>().CountAsync(1, 2).Soon();
            ServerStats open = await stats.GetAsync("none").Soon();
            Assert.InRange(open.BytesReceived - before.BytesReceived, 20_000, 25_000);
            Assert.InRange(open.BytesSent - before.BytesSent, 1, 5_000);
        }

        ServerStats last;
        do last = await stats.GetAsync("none").Soon();
        while (last.Connections != 1);
        Assert.InRange(last.BytesReceived - before.BytesReceived, 20_000, 1_000_000);
    }

    private static int Sum(UnaryHandler<object, int, int> handler, int calls)
    {
        int sum = 0;
        for (int i = 0; i < calls; i++) sum += handler("", 0, CancellationToken.None).Result;
        return sum;
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private static async Task<(long Calls, long InFlight)> ReadAsync(Shop shop)
    {
        ServerStats stats = await shop.Client.Get<IStats>().GetAsync("Shop.Orders").Soon();
        MethodStats run = stats.Methods.Single(method => method.Method == "Run");
        return (run.Calls, run.InFlight);
    }
}
