using System.Xml.Linq;
using SourceGen.Rpc.Benchmarks.Selection.SlowNode;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Selection.Tests.Simulations;

/// <summary>The claims of docs/balancers.md about a slow node. The simulation is deterministic, so they hold or they do not.</summary>
public sealed class SlowNodeTests
{
    private static readonly Scenario Short = new() { Calls = 60_000, WarmUp = 10_000 };

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.5, 3)]
    [InlineData(0.7, 1)]
    public void Among_ten_nodes_with_a_slow_one_the_p99_is_at_most_a_third_of_round_robins(double utilisation, int seed)
    {
        Scenario scenario = Short with { Utilisation = utilisation, Seed = seed };
        double reference = Simulation.Run(Balancers.RoundRobin, scenario).P99;
        Assert.InRange(Simulation.Run(Balancers.PeakEwma, scenario).P99, 0, reference / 3);
        Assert.InRange(Simulation.Run(Balancers.PowerOfTwoChoices, scenario).P99, 0, reference / 3);
        Assert.InRange(Simulation.Run(Balancers.LeastRequests, scenario).P99, 0, reference / 3);
        Assert.InRange(Simulation.Run(Balancers.ShortestResponse, scenario).P99, 0, reference / 3);
    }

    /// <summary>With few calls in flight there is little to compare, so p2c finds the slow node less well; latency is measured all the same.</summary>
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void When_there_is_little_to_do_peak_ewma_still_avoids_the_slow_node(double utilisation)
    {
        Scenario scenario = Short with { Utilisation = utilisation };
        Outcome reference = Simulation.Run(Balancers.RoundRobin, scenario);
        Assert.Equal(0, reference.GivenUp);
        Assert.InRange(Simulation.Run(Balancers.PeakEwma, scenario).P99, 0, reference.P99 / 3);
        Assert.InRange(Simulation.Run(Balancers.PowerOfTwoChoices, scenario).P99, 0, reference.P99);
    }

    [Fact]
    public void Without_a_slow_node_nobody_is_worse_than_random()
    {
        Scenario scenario = Short with { Slowdown = 1, Utilisation = 0.7 };
        double random = Simulation.Run(Balancers.Random, scenario).P99;
        string[] names = [Balancers.RoundRobin, Balancers.LeastRequests, Balancers.PowerOfTwoChoices, Balancers.PeakEwma, Balancers.ShortestResponse];
        Assert.All(names, name => Assert.InRange(Simulation.Run(name, scenario).P99, 0, random));
    }

    [Fact]
    public void The_same_scenario_has_the_same_outcome()
    {
        foreach (string name in Balancers.Names)
            Assert.Equal(Simulation.Run(name, Short), Simulation.Run(name, Short));
    }

    [Fact]
    public void Calls_that_nobody_waits_for_any_more_are_given_up_at_the_deadline()
    {
        Outcome outcome = Simulation.Run(Balancers.RoundRobin, Short with { Deadline = 0.5 });
        Assert.Equal(0.5, outcome.P999);
        Assert.InRange(outcome.GivenUp, 0.08, 0.11);
    }

    [Fact]
    public void The_plot_is_well_formed_and_has_every_balancer()
    {
        Outcome[] outcomes = [.. Balancers.Names.Select(name => new Outcome(name, 0.007, 0.05, 2, 0, 0))];
        XDocument svg = XDocument.Parse(SlowNodePlot.Draw(Short, outcomes));
        string text = string.Join('\n', svg.Descendants().Where(static element => element.Name.LocalName == "text").Select(static element => element.Value));
        Assert.All(Balancers.Names, name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.Contains("50 ms", text, StringComparison.Ordinal);
    }
}
