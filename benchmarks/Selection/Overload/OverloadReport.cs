using System.Globalization;

namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>Three times as many calls as a server can run, for two minutes, under each way to limit them.</summary>
internal static class OverloadReport
{
    private const int Seeds = 5;

    public static void Write(TextWriter output)
    {
        output.WriteLine("workers, time of a call, batch | limit | goodput / capacity | p99 / unloaded p99 | in the last quarter: goodput, p99");
        foreach ((int workers, double seconds, bool varies, int batch) in ((int, double, bool, int)[])
            [(2, 0.0002, false, 1), (2, 0.0002, false, 32), (2, 0.002, true, 1), (16, 0.005, false, 1), (16, 0.005, true, 1), (100, 0.01, true, 16)])
        {
            Func<Random, double> service = varies ? random => seconds * (0.5 - (0.5 * Math.Log(1 - random.NextDouble()))) : _ => seconds;
            string load = $"{workers}, {(varies ? "0.5 + exp 0.5" : "fixed")} x {seconds * 1000} ms, {batch}";
            Write("adaptive", static simulation => new AdaptiveGate(simulation));
            Write("Vegas as published", static simulation => new WindowedGate(simulation, 20, PublishedLimits.Vegas(new Random(1))));
            Write("Gradient2 as published", static simulation => new WindowedGate(simulation, 20, PublishedLimits.Gradient2()));

            void Write(string name, Func<OverloadSimulation, ICallGate> gate)
            {
                double[][] runs = [.. Enumerable.Range(1, Seeds).Select(seed => Run(seed, workers, service, seconds, batch, gate))];
                string[] cells = [.. Enumerable.Range(0, 4).Select(figure => Spread(runs.Select(run => run[figure])))];
                output.WriteLine($"{load} | {name} | {string.Join(" | ", cells)}");
            }
        }
    }

    private static double[] Run(
        int seed, int workers, Func<Random, double> service, double seconds, int batch, Func<OverloadSimulation, ICallGate> gate)
    {
        double capacity = workers / seconds;
        double length = Math.Min(120, 400_000 / capacity);
        OverloadSimulation unloaded = new(seed, workers, service);
        unloaded.Offer(capacity * 0.1, length, batch);
        double before = unloaded.Percentile(0.99);
        OverloadSimulation simulation = new(seed, workers, service, gate);
        simulation.Offer(capacity * 0.1, 2, batch);
        simulation.Clear();
        simulation.Offer(capacity * 3, length * 0.75, batch);
        int early = simulation.Answered.Count;
        double[] first = [.. simulation.Answered.Select(static call => call.Seconds)];
        simulation.Clear();
        simulation.Offer(capacity * 3, length * 0.25, batch);
        double lastGoodput = simulation.Answered.Count / (capacity * length * 0.25);
        double last = simulation.Percentile(0.99) / before;
        double goodput = (early + simulation.Answered.Count) / (capacity * length);
        double[] all = [.. first.Concat(simulation.Answered.Select(static call => call.Seconds)).Order()];
        return [goodput, all[(int)(all.Length * 0.99)] / before, lastGoodput, last];
    }

    private static string Spread(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return string.Create(
            CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:0.00} ({sorted[0]:0.00} to {sorted[^1]:0.00})");
    }
}
