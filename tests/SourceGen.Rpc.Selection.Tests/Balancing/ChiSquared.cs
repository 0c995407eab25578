namespace SourceGen.Rpc.Selection.Tests.Balancing;

/// <summary>Pearson's test of whether counts come from a distribution.</summary>
internal static class ChiSquared
{
    /// <summary>
    /// Fails when chance would produce so great a deviation in less than about one of 30,000 runs (four standard deviations).
    /// </summary>
    public static void AssertFits(ReadOnlySpan<int> counts, ReadOnlySpan<double> shares)
    {
        long total = 0;
        foreach (int count in counts) total += count;

        // Cells that expect fewer than five are put together, as the test requires.
        double statistic = 0;
        double rareExpected = 0;
        long rare = 0;
        int cells = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            double expected = total * shares[i];
            if (shares[i] == 0) Assert.Equal(0, counts[i]);
            if (expected < 5)
            {
                rareExpected += expected;
                rare += counts[i];
                continue;
            }

            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            cells++;
        }

        if (rareExpected > 0) Assert.InRange(rare, 0, rareExpected + 5 * Math.Sqrt(rareExpected) + 1);
        if (cells < 2) return;

        // Wilson and Hilferty's approximation of the quantile.
        double freedom = cells - 1;
        double part = 2 / (9 * freedom);
        double limit = freedom * Math.Pow(1 - part + 4 * Math.Sqrt(part), 3);
        Assert.True(
            statistic < limit,
            $"Chi-squared is {statistic:F1}, above {limit:F1} for {freedom} degrees of freedom: {string.Join(", ", counts.ToArray())}");
    }
}
