namespace SourceGen.Rpc.Load.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentile_NothingRecorded_IsNotANumber() => Assert.True(double.IsNaN(new LatencyHistogram().Percentile(50)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    public void Percentile_OutOfRange_Throws(double percent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Percentile(percent));

    [Fact]
    public void Percentile_SmallValues_AreExact()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 100; i++) histogram.Record(i);
        Assert.Equal(1, histogram.Percentile(1));
        Assert.Equal(50, histogram.Percentile(50));
        Assert.Equal(99, histogram.Percentile(99));
        Assert.Equal(100, histogram.Percentile(100));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(40_000_000_000)]
    public void Percentile_UniformValues_IsWithinABucketOfTheTruth(long largest)
    {
        var histogram = new LatencyHistogram();
        const int count = 100_000;
        for (int i = 1; i <= count; i++) histogram.Record(largest / count * i);
        foreach (double percent in (double[])[0.1, 1, 10, 50, 90, 99, 99.9, 100])
        {
            Assert.InRange(histogram.Percentile(percent) / (largest * percent / 100), 1 - 1.0 / 64, 1 + 1.0 / 64);
        }
    }

    [Fact]
    public void Percentile_RandomValues_IsWithinABucketOfTheSortedOnes()
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        // Over seven powers of ten, as latencies are.
        long[] values = [.. Enumerable.Range(0, 50_000).Select(_ => (long)Math.Pow(10, random.NextDouble() * 7 + 1))];
        foreach (long value in values) histogram.Record(value);
        Array.Sort(values);
        foreach (double percent in (double[])[5, 50, 99, 99.9])
        {
            double truth = values[(int)Math.Ceiling(values.Length * percent / 100) - 1];
            Assert.InRange(histogram.Percentile(percent) / truth, 1 - 1.0 / 64, 1 + 1.0 / 64);
        }
    }

    [Fact]
    public void Percentile_OneOutlier_ShowsOnlyAtTheTop()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(10, weight: 999);
        histogram.Record(1_000_003);
        Assert.Equal(10, histogram.Percentile(99.9));
        Assert.InRange(histogram.Percentile(100), 990_000, 1_000_003);
        Assert.Equal(1_000_003, histogram.Max);
    }

    [Fact]
    public void Record_EveryBucketBoundary_StaysInItsBucket()
    {
        for (int exponent = 0; exponent < 37; exponent++)
        {
            foreach (long value in (long[])[(1L << exponent) - 1, 1L << exponent, (1L << exponent) + 1])
            {
                var histogram = new LatencyHistogram();
                histogram.Record(value);
                Assert.InRange(histogram.Percentile(100), value * (1 - 1.0 / 64), value);
            }
        }
    }

    [Fact]
    public void Record_BeyondTheRange_CountsAtItsEnd()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.InRange(histogram.Percentile(100), Math.Pow(2, 36.9), Math.Pow(2, 37));
    }

    [Fact]
    public void Merge_TwoHistograms_EqualsRecordingIntoOne()
    {
        LatencyHistogram one = new(), other = new(), both = new();
        for (int i = 0; i < 10_000; i++)
        {
            (i % 3 == 0 ? one : other).Record(i * 17L);
            both.Record(i * 17L);
        }

        one.Merge(other);
        Assert.Equal(both.Count, one.Count);
        Assert.Equal(both.Max, one.Max);
        foreach (double percent in (double[])[1, 50, 99, 100]) Assert.Equal(both.Percentile(percent), one.Percentile(percent));
    }

    [Fact]
    public void Clear_AfterRecording_ForgetsEverything()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1_000_000);
        histogram.Clear();
        histogram.Record(5);
        Assert.Equal(1, histogram.Count);
        Assert.Equal(5, histogram.Max);
        Assert.Equal(5, histogram.Percentile(100));
    }
}
