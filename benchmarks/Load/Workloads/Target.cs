namespace SourceGen.Rpc.Load;

/// <summary>What a workload has to reach. With both a value and a ratio, reaching one of them is enough.</summary>
/// <param name="Figure">Which figure of the RPC.</param>
/// <param name="Bound">Whether the figure may be at most or must be at least as much.</param>
/// <param name="Value">A limit for the figure itself, in its unit.</param>
/// <param name="Ratio">A limit for the figure divided by the baseline's of the same round.</param>
internal sealed record Target(Figure Figure, Bound Bound, double? Value = null, double? Ratio = null)
{
    /// <summary>Whether the medians reach it.</summary>
    /// <param name="value">The median of the RPC's figure.</param>
    /// <param name="ratio">The median of the ratios.</param>
    public bool IsMet(double value, double ratio) => (Value is { } v && Holds(value, v)) || (Ratio is { } r && Holds(ratio, r));

    /// <summary>The target in words.</summary>
    /// <param name="baseline">The baseline's name.</param>
    public string Describe(string baseline)
    {
        var limits = new List<string>(2);
        if (Value is { } v) limits.Add(Figure.Format(v));
        if (Ratio is { } r) limits.Add($"{r.ToString("0.##")} x {baseline}");
        return $"{Figure.Label} {(Bound == Bound.AtMost ? "at most" : "at least")} {string.Join(" or ", limits)}";
    }

    // A figure that could not be measured is NaN and reaches nothing.
    private bool Holds(double actual, double limit) => Bound == Bound.AtMost ? actual <= limit : actual >= limit;
}

/// <summary>On which side of a target the good figures are.</summary>
internal enum Bound
{
    /// <summary>Small is good.</summary>
    AtMost,

    /// <summary>Large is good.</summary>
    AtLeast,
}
