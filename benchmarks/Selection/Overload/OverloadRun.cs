using System.Diagnostics;
using System.Globalization;

namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>
/// The same in real time: a server whose handlers share 16 places at a dependency that takes 20 ms, and a client over TCP that makes three
/// times as many calls as it can serve, whether they are answered or not.
/// </summary>
internal static class OverloadRun
{
    private const int Places = 16;
    private const int Rounds = 5;
    private static readonly TimeSpan s_phase = TimeSpan.FromSeconds(4);

    public static async Task WriteAsync(TextWriter output)
    {
        List<Figures> limited = [];
        List<Figures> open = [];
        for (int round = 0; round < Rounds; round++)
        {
            limited.Add(await RunAsync(new RpcAdaptiveLimit()).ConfigureAwait(false));
            open.Add(await RunAsync(limit: null).ConfigureAwait(false));
        }

        output.WriteLine($"{Rounds} rounds; median (least to most)");
        output.WriteLine("limit | capacity, calls/s | goodput / capacity | p99 unloaded, ms | p99 of answered calls / p99 unloaded | refused");
        Write("adaptive", limited);
        Write("none", open);

        void Write(string name, List<Figures> figures) => output.WriteLine(string.Join(
            " | ",
            name,
            Spread(figures.Select(static f => f.Capacity), "0"),
            Spread(figures.Select(static f => f.Goodput / f.Capacity), "0.00"),
            Spread(figures.Select(static f => f.Unloaded), "0.0"),
            Spread(figures.Select(static f => f.P99 / f.Unloaded), "0.00"),
            Spread(figures.Select(static f => f.Refused), "0.00")));
    }

    private static async Task<Figures> RunAsync(RpcAdaptiveLimit? limit)
    {
        RpcServerOptions options = new() { AdaptiveLimit = limit };
        RpcServer server = new RpcServer(options.Listen("tcp://127.0.0.1:0")).AddService<IDependent>(new Dependent(Places));
        await using (server.ConfigureAwait(false))
        {
            await server.StartAsync().ConfigureAwait(false);
            RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString()).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                IDependent proxy = client.Get<IDependent>(new RpcCallOptions { Timeout = TimeSpan.FromSeconds(1) });
                await OfferAsync(proxy, 200, TimeSpan.FromSeconds(1)).ConfigureAwait(false); // Warms up.
                Outcome quiet = await OfferAsync(proxy, 200, s_phase).ConfigureAwait(false);
                double capacity = await SaturateAsync(proxy).ConfigureAwait(false);
                await OfferAsync(proxy, capacity * 3, TimeSpan.FromSeconds(1)).ConfigureAwait(false); // For a moment it might be a burst.
                Outcome loud = await OfferAsync(proxy, capacity * 3, s_phase).ConfigureAwait(false);
                return new Figures(
                    capacity, loud.PerSecond, quiet.P99, loud.P99, loud.Refused / (double)Math.Max(1, loud.Refused + loud.Answered + loud.Late));
            }
        }
    }

    /// <summary>What the server can do: just enough callers, each calling again when it is answered.</summary>
    private static async Task<double> SaturateAsync(IDependent proxy)
    {
        long start = Stopwatch.GetTimestamp();
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, Places).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < s_phase)
            {
                try
                {
                    await proxy.AskAsync().ConfigureAwait(false);
                    Interlocked.Increment(ref answered);
                }
                catch (RpcException e) when (e.Progress == RpcCallProgress.Refused)
                {
                    await Task.Delay(1).ConfigureAwait(false);
                }
            }
        })).ConfigureAwait(false);
        return answered / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Calls that come at a rate, whatever becomes of those before them.</summary>
    private static async Task<Outcome> OfferAsync(IDependent proxy, double perSecond, TimeSpan time)
    {
        List<Task<(double Seconds, bool Refused)>> calls = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < time)
        {
            while (calls.Count < perSecond * elapsed.TotalSeconds) calls.Add(CallAsync());
            await Task.Delay(1).ConfigureAwait(false);
        }

        (double Seconds, bool Refused)[] outcomes = await Task.WhenAll(calls).ConfigureAwait(false);
        double[] answered = [.. outcomes.Where(static call => call.Seconds >= 0).Select(static call => call.Seconds * 1000).Order()];
        int refused = outcomes.Count(static call => call.Refused);
        double p99 = answered.Length == 0 ? double.NaN : answered[(int)(answered.Length * 0.99)];
        return new Outcome(
            answered.Length, refused, outcomes.Length - answered.Length - refused, answered.Length / time.TotalSeconds, p99);

        async Task<(double, bool)> CallAsync()
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                await proxy.AskAsync().ConfigureAwait(false);
                return (Stopwatch.GetElapsedTime(began).TotalSeconds, false);
            }
            catch (RpcException e) when (e.Progress == RpcCallProgress.Refused)
            {
                return (-1, true);
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.DeadlineExceeded)
            {
                return (-1, false);
            }
        }
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] sorted = [.. values.Order()];
        IFormatProvider culture = CultureInfo.InvariantCulture;
        return $"{sorted[sorted.Length / 2].ToString(format, culture)} ({sorted[0].ToString(format, culture)} to {sorted[^1].ToString(format, culture)})";
    }

    private sealed record Outcome(int Answered, int Refused, int Late, double PerSecond, double P99);

    private sealed record Figures(double Capacity, double Goodput, double Unloaded, double P99, double Refused);
}
