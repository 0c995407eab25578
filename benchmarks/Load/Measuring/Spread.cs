namespace SourceGen.Rpc.Load;

/// <summary>A figure over several rounds.</summary>
/// <param name="Median">The middle one, or the mean of the two middle ones.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <param name="values">At least one; NaN stands for "could not be measured" and is left out while others remain.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(static v => !double.IsNaN(v)).Order()];
        if (sorted.Length == 0) return new Spread(double.NaN, double.NaN, double.NaN);
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
