namespace SourceGen.Rpc.Selection;

/// <summary>
/// When a node gets no calls for a while. It is a selector's for all its services, since what is known of nodes is shared by all selections.
/// The statistics are those of Envoy's outlier detection
/// (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier).
/// </summary>
public sealed class EjectionOptions
{
    /// <summary>How many calls in a row must fail; 0 for never. Default: 3.</summary>
    public int ConsecutiveFailures { get; set; } = 3;

    /// <summary>For how long a node is ejected for the first time; each further time is twice as long. Default: 30 s.</summary>
    public TimeSpan BaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest of these times. Default: 5 min, Envoy's.</summary>
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The largest share of a selection's nodes that is left out, from 0 for none to below 1: the panic threshold. One of two or more may
    /// always be left out, unless this is 0; the last one never is. When more nodes are ejected, those whose time ends first are called all
    /// the same, since what most nodes have in common is not theirs alone, and the others could not take all calls. Default: 0.5.
    /// </summary>
    public double MaxShare { get; set; } = 0.5;

    /// <summary>How often nodes are compared with each other. Default: 10 s, Envoy's.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many standard deviations the share of a node's calls that succeed must lie below the mean of all nodes of its service for it to be
    /// ejected; 0 for never. Default: 1.9, Envoy's.
    /// </summary>
    public double SuccessRateFactor { get; set; } = 1.9;

    /// <summary>
    /// How far below the mean that share must lie besides, so that a node is not ejected for a failure in a thousand among nodes that have
    /// none. Default: 0.05.
    /// </summary>
    public double SuccessRateMargin { get; set; } = 0.05;

    /// <summary>
    /// How many standard deviations the mean time of a node's successful calls must lie above the mean of all nodes for it to be ejected; it
    /// must be twice as long, too. 0 for never, the default: balancers that measure give slow nodes fewer calls without that, and nodes that
    /// are called for different methods take different times. 1.9 would be a good value.
    /// </summary>
    public double LatencyFactor { get; set; }

    /// <summary>
    /// How many nodes of a service must have had <see cref="MinCalls"/> calls in an interval for them to be compared. Default: 5, Envoy's; with
    /// fewer no node can lie as far from the mean as the factor says.
    /// </summary>
    public int MinNodes { get; set; } = 5;

    /// <summary>How many calls a node must have had in an interval to be compared. Default: 100, Envoy's.</summary>
    public int MinCalls { get; set; } = 100;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (ConsecutiveFailures < 0) throw Wrong(nameof(ConsecutiveFailures), ConsecutiveFailures, "at least 0");
        if (BaseTime <= TimeSpan.Zero || BaseTime > TimeSpan.FromDays(1)) throw Wrong(nameof(BaseTime), BaseTime, "more than 0, at most a day");
        if (MaxTime < BaseTime || MaxTime > TimeSpan.FromDays(1)) throw Wrong(nameof(MaxTime), MaxTime, $"from {nameof(BaseTime)} to a day");
        if (!(MaxShare is >= 0 and < 1)) throw Wrong(nameof(MaxShare), MaxShare, "from 0 to below 1");
        if (Interval < TimeSpan.FromMilliseconds(10) || Interval > TimeSpan.FromDays(1)) throw Wrong(nameof(Interval), Interval, "from 10 ms to a day");
        if (!(SuccessRateFactor is >= 0 and <= 1000)) throw Wrong(nameof(SuccessRateFactor), SuccessRateFactor, "from 0 to 1,000");
        if (!(SuccessRateMargin is >= 0 and <= 1)) throw Wrong(nameof(SuccessRateMargin), SuccessRateMargin, "from 0 to 1");
        if (!(LatencyFactor is >= 0 and <= 1000)) throw Wrong(nameof(LatencyFactor), LatencyFactor, "from 0 to 1,000");
        if (MinNodes < 2) throw Wrong(nameof(MinNodes), MinNodes, "at least 2");
        if (MinCalls < 1) throw Wrong(nameof(MinCalls), MinCalls, "at least 1");
    }

    internal EjectionOptions Copy() => (EjectionOptions)MemberwiseClone();

    private static ArgumentException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"{nameof(SelectorOptions.Ejection)}.{name} is {value}; it must be {range}."));
}
