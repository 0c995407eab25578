namespace SourceGen.Rpc.Selection;

/// <summary>How nodes are asked for their health.</summary>
public sealed class ProbeOptions
{
    /// <summary>
    /// Asks a node whether it is well. False ejects it, or keeps it ejected; an exception, or no answer in <see cref="Timeout"/>, counts like a
    /// call that failed; true restores a node that was ejected for failures or by a probe. Default: null, nobody is asked.
    /// </summary>
    public Func<NodeState, CancellationToken, ValueTask<bool>>? Probe { get; set; }

    /// <summary>How long after all have answered they are asked again. Default: 5 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take. Default: 2 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether all nodes are asked, rather than those that are ejected. Default: false.</summary>
    public bool AllNodes { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireTime(Interval, nameof(Interval));
        RequireTime(Timeout, nameof(Timeout));
    }

    internal ProbeOptions Copy() => (ProbeOptions)MemberwiseClone();

    private static void RequireTime(TimeSpan value, string name)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{nameof(SelectorOptions.Probes)}.{name} is {value}; it must be from 1 ms to a day.");
        }
    }
}
