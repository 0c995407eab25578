using System.Globalization;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>Simulates every balancer at several loads, prints the figures and draws those of one load.</summary>
internal static class SlowNodeReport
{
    /// <summary>The load that is drawn.</summary>
    private const double DrawnUtilisation = 0.5;

    private static readonly double[] Utilisations = [0.05, 0.1, 0.3, DrawnUtilisation, 0.7];

    /// <summary>Runs.</summary>
    /// <param name="file">Where the plot goes; null for none.</param>
    public static int Run(string? file)
    {
        string[] names = [.. Balancers.Names.Where(static name => name != Balancers.LocalityAware)];
        foreach (double utilisation in Utilisations)
        {
            var scenario = new Scenario { Utilisation = utilisation };
            Outcome[] outcomes = [.. names.AsParallel().AsOrdered().Select(name => Simulation.Run(name, scenario))];
            Print(scenario, outcomes);
            if (utilisation != DrawnUtilisation || file is null) continue;
            IOrderedEnumerable<Outcome> ordered = outcomes.OrderBy(static outcome => outcome.P99).ThenBy(static outcome => outcome.P999);
            File.WriteAllText(file, SlowNodePlot.Draw(scenario, [.. ordered]));
        }

        return 0;
    }

    private static void Print(Scenario scenario, Outcome[] outcomes)
    {
        double reference = outcomes.Single(static outcome => outcome.Balancer == Balancers.RoundRobin).P99;
        Write($"{scenario.Utilisation * 100:0} % of the capacity of {scenario.Capacity:0} calls/s; milliseconds");
        Write($"{"balancer",-22}{"p50",9}{"p99",9}{"p99.9",9}{"p99/rr",9}{"given up",10}{"to slow",9}");
        foreach (Outcome outcome in outcomes)
        {
            (double p50, double p99, double p999) = (outcome.P50 * 1e3, outcome.P99 * 1e3, outcome.P999 * 1e3);
            double ratio = outcome.P99 / reference;
            Write($"{outcome.Balancer,-22}{p50,9:0.0}{p99,9:0.0}{p999,9:0.0}{ratio,9:0.000}{outcome.GivenUp,10:0.00%}{outcome.SlowShare,9:0.00%}");
        }

        Write($"");
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
