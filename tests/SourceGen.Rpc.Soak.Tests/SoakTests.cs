using System.Globalization;
using SourceGen.Rpc.Soak.Tests.Counting;
using SourceGen.Rpc.Soak.Tests.Soak;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Soak.Tests;

/// <summary>
/// Thousands of calls and streams at once, cancelled, timed out, left and failed at random. Afterwards everything is counted, and there is
/// nothing. SOAK_SECONDS and SOAK_SEED in the environment change length and seed.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly int s_seconds = FromEnvironment("SOAK_SECONDS", 60);
    private static readonly int s_seed = FromEnvironment("SOAK_SEED", Environment.TickCount & 0xFFFFFF);

    [Fact]
    public async Task TenThousandCallsAndAThousandStreams_ForAMinute_LeaveNothingBehind()
    {
        output.WriteLine($"seed {s_seed}");
        await using SoakNetwork network = await SoakNetwork.StartAsync();
        await network.AssertAnswersAsync();
        using SoakRun run = new(network, s_seed, calls: 10_000, streams: 1000);
        int timers = await AtRestAsync(static () => (int)Timer.ActiveCount);
        int segments = await AtRestAsync(static () => FrameBufferSegment.Outstanding);
        int inputs = await AtRestAsync(static () => Transport.SegmentPool.Shared.Outstanding);

        await run.RunAsync(TimeSpan.FromSeconds(s_seconds));

        await AssertNothingLeftAsync(network, run);
        await Until.TrueAsync(() => Timer.ActiveCount <= timers, () => $"{Timer.ActiveCount} timers are active; {timers} were before");
        await Until.TrueAsync(
            () => FrameBufferSegment.Outstanding <= segments, () => $"{FrameBufferSegment.Outstanding} output buffers are lent");
        await Until.TrueAsync(
            () => Transport.SegmentPool.Shared.Outstanding <= inputs,
            () => $"{Transport.SegmentPool.Shared.Outstanding} input buffers are lent");
        await Until.TrueAsync(
            static () => ThreadPool.PendingWorkItemCount == 0, () => $"{ThreadPool.PendingWorkItemCount} work items are queued");
        AssertContextsAreGone(network);
        await network.AssertAnswersAsync();

        Assert.True(run.MostInFlight >= 10_000, $"no more than {run.MostInFlight:N0} calls were in flight at once");
        Assert.True(run.MostStreams >= 500, $"no more than {run.MostStreams:N0} streams were under way at once");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"figure: soak of {s_seconds} s with seed {s_seed}: {run.Calls:N0} calls, at most {run.MostInFlight:N0} in flight and "
            + $"{run.MostStreams:N0} streams; {network.Handlers.Came:N0} handlers, {run.Producers.Came:N0} producers"));
    }

    [Fact]
    public async Task EveryArrayThatWasRented_IsReturned()
    {
        output.WriteLine($"seed {s_seed}");
        await using SoakNetwork network = await SoakNetwork.StartAsync();
        await network.AssertAnswersAsync();
        using SoakRun run = new(network, s_seed, calls: 500, streams: 200);
        await AtRestAsync(static () => Transport.SegmentPool.Shared.Outstanding);
        using RentedArrays arrays = new();
        await run.RunAsync(TimeSpan.FromSeconds(3));
        await AssertNothingLeftAsync(network, run);
        await Until.TrueAsync(
            () => arrays.Outstanding <= 0, () => $"{arrays.Outstanding:N0} of {arrays.Total:N0} arrays were not returned");
        Assert.True(arrays.Total > 1000, $"only {arrays.Total:N0} arrays were rented: this test no longer sees what it counts");
    }

    private static async Task AssertNothingLeftAsync(SoakNetwork network, SoakRun run)
    {
        await Until.TrueAsync(
            () => network.Handlers.Present == 0, () => $"{network.Handlers.Present} handlers have not run their finally-blocks");
        await Until.TrueAsync(
            () => run.Producers.Present == 0, () => $"{run.Producers.Present} producers have not run their finally-blocks");
        await Until.TrueAsync(() => network.Left.Length == 0, () => network.Left);
        await Until.TrueAsync(() => run.Registrations == 0, () => $"{run.Registrations} callbacks are left with a token that lives on");
        Assert.Empty(network.Log.Lines);
    }

    /// <summary>A context may be remembered by a thread that has run its handler last, and by no more than that.</summary>
    private static void AssertContextsAreGone(SoakNetwork network)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        int seen = network.Services.Sum(static service => service.Contexts.Seen);
        int alive = network.Services.Sum(static service => service.Contexts.Alive);
        Assert.True(seen > 100, $"only {seen} contexts were looked at");
        Assert.True(alive <= ThreadPool.ThreadCount, $"{alive} of {seen:N0} contexts still exist");
    }

    /// <summary>A number once it has stopped changing.</summary>
    private static async Task<int> AtRestAsync(Func<int> read)
    {
        int last = read();
        for (int same = 0; same < 20;)
        {
            await Task.Delay(10);
            int now = read();
            same = now == last ? same + 1 : 0;
            last = now;
        }

        return last;
    }

    private static int FromEnvironment(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
