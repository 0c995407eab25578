using SourceGen.Rpc.Soak.Tests.Counting;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>Keeps so many calls and so many streams going for a while, in both directions of every connection.</summary>
/// <param name="network">Where.</param>
/// <param name="seed">What all random numbers come from. Threads take turns as they like, so a seed repeats the calls, not their
/// interleaving.</param>
/// <param name="calls">How many callers make calls without streams.</param>
/// <param name="streams">How many make calls with streams.</param>
internal sealed class SoakRun(SoakNetwork network, int seed, int calls, int streams) : IDisposable
{
    // Six callers in ten call the server over TCP, and so on: the last is memory, the other way round.
    private static readonly int[] s_shares = [50, 20, 10, 10, 5, 5];

    private readonly CancellationTokenSource _longLived = new();
    private readonly List<SoakCaller> _callers = [];
    private volatile bool _isOver;

    /// <summary>Producers of streams that callers sent.</summary>
    public Attendance Producers { get; } = new();

    /// <summary>Calls that have ended.</summary>
    public long Calls => _callers.Sum(static caller => (long)caller.Calls);

    /// <summary>The most calls that were in flight at one moment, on all connections.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>The most streams that were under way at one moment.</summary>
    public int MostStreams { get; private set; }

    /// <summary>Callbacks that are left with the token that many calls shared.</summary>
    public int Registrations => Counting.Registrations.Of(_longLived);

    /// <summary>Runs, until every call has ended.</summary>
    /// <exception cref="InvalidOperationException">A call ended as it should not.</exception>
    public async Task RunAsync(TimeSpan time)
    {
        List<Task> loops = [];
        for (int i = 0; i < calls + streams; i++)
        {
            SoakCaller caller = new(ServiceOf(i), new Random((seed * 31_337) + i), Producers, _longLived.Token);
            _callers.Add(caller);
            Func<Task> once = i < calls ? caller.CallAsync : caller.StreamAsync;
            loops.Add(Task.Run(() => LoopAsync(once)));
        }

        Task all = Task.WhenAll(loops);
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (!_isOver && Environment.TickCount64 < end)
        {
            await Task.Delay(20);
            MostInFlight = Math.Max(MostInFlight, network.Ends.Sum(static connection => connection.Calls.InFlight));
            MostStreams = Math.Max(
                MostStreams,
                network.Ends.Sum(static connection => connection.Streams.Inbound.Count + connection.Streams.Downloads.Count));
        }

        _isOver = true;
        try
        {
            await all.WaitAsync(Waiting.Limit * 2);
        }
        catch (TimeoutException)
        {
            int left = loops.Count(static loop => !loop.IsCompleted);
            throw new InvalidOperationException($"{left} calls do not end. Left: {network.Left}; handlers: {network.Handlers.Present}");
        }
    }

    public void Dispose() => _longLived.Dispose();

    private async Task LoopAsync(Func<Task> once)
    {
        try
        {
            while (!_isOver) await once();
        }
        finally
        {
            _isOver = true; // Also when one of them fails: the first failure says more than a minute of others.
        }
    }

    private ISoak ServiceOf(int caller)
    {
        int share = caller * 37 % 100;
        ISoak[] services = [.. network.Down, .. network.Up];
        int index = 0;
        while (share >= s_shares[index]) share -= s_shares[index++];
        return services[index];
    }
}
