namespace SourceGen.Rpc.Selection;

/// <summary>
/// How nodes are selected. A selection may have options of its own in place of its selector's, but for <see cref="Ejection"/>,
/// <see cref="Probes"/> and <see cref="TimeProvider"/>: what is known of nodes is shared. They are copied when they are given.
/// </summary>
public sealed class SelectorOptions
{
    /// <summary>Creates the balancer of each service. Default: null, the power of two choices (<c>p2c</c>).</summary>
    public Func<IBalancer>? Balancer { get; set; }

    /// <summary>Which nodes may be called at all, in this order. Default: all.</summary>
    public IList<INodeFilter> Filters { get; private set; } = [];

    /// <summary>When nodes get no calls for a while.</summary>
    public EjectionOptions Ejection { get; private set; } = new();

    /// <summary>How nodes are asked for their health. Default: they are not.</summary>
    public ProbeOptions Probes { get; private set; } = new();

    /// <summary>
    /// How long after its start (<see cref="Discovery.ServiceNode.StartTime"/>) a node gets the whole of its weight; until then it is
    /// <c>clamp(uptime / (warmup / weight), 1, weight)</c>, as in Dubbo. Nodes of which the start is not known have all of it; so have all when
    /// they started as one fleet, within a tenth of this time, and the last one less than this time ago. Zero for none. Default: 10 min.
    /// </summary>
    public TimeSpan Warmup { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long after this client first saw a node, when it knew others before, or after a node came back from being ejected, the node gets
    /// the whole of its weight; until then the share of it that has passed. Default: zero, none.
    /// </summary>
    public TimeSpan SlowStart { get; set; }

    /// <summary>Which part of a large fleet is called. Default: null, all of it.</summary>
    public ApertureOptions? Aperture { get; set; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireTime(Warmup, nameof(Warmup));
        RequireTime(SlowStart, nameof(SlowStart));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (Filters.Contains(null!)) throw new ArgumentException($"One of the {nameof(Filters)} is null.");
        Ejection.Validate();
        Probes.Validate();
        Aperture?.Validate();
    }

    internal SelectorOptions Copy()
    {
        SelectorOptions copy = (SelectorOptions)MemberwiseClone();
        copy.Filters = [.. Filters];
        copy.Ejection = Ejection.Copy();
        copy.Probes = Probes.Copy();
        copy.Aperture = Aperture?.Copy();
        return copy;
    }

    private static void RequireTime(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromDays(1)) throw new ArgumentException($"{name} is {value}; it must be from 0 to a day.");
    }
}
