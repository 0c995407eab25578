namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>
/// What is simulated: nodes that serve some calls at a time and queue the others, and clients that know nothing of each other.
/// </summary>
public sealed record Scenario
{
    /// <summary>How many nodes there are. Default: 10.</summary>
    public int Nodes { get; init; } = 10;

    /// <summary>How many times longer the first node takes for each call. Default: 10.</summary>
    public double Slowdown { get; init; } = 10;

    /// <summary>How many calls a node serves at a time. Default: 8.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>The mean of the service time, in seconds, at nodes that are not slow. Default: 10 ms.</summary>
    public double MeanService { get; init; } = 0.010;

    /// <summary>
    /// The standard deviation of the service time's logarithm (it is log-normal). Default: that for a deviation as great as the mean.
    /// </summary>
    public double ServiceSigma { get; init; } = Math.Sqrt(Math.Log(2));

    /// <summary>Calls that come, as a part of what all nodes can serve, the slow one included. Default: 0.5.</summary>
    public double Utilisation { get; init; } = 0.5;

    /// <summary>After how many seconds a caller gives up. Default: 2.</summary>
    public double Deadline { get; init; } = 2;

    /// <summary>How many clients there are, each with a balancer of its own. Default: 5.</summary>
    public int Clients { get; init; } = 5;

    /// <summary>How many calls are measured. Default: 200,000.</summary>
    public int Calls { get; init; } = 200_000;

    /// <summary>How many calls come before those that are measured. Default: 20,000.</summary>
    public int WarmUp { get; init; } = 20_000;

    /// <summary>What determines all that is random. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Calls a second that all nodes can serve.</summary>
    public double Capacity => (Nodes - 1 + 1 / Slowdown) * Workers / MeanService;
}
