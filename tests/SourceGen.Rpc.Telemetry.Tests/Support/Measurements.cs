using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>Listens to the meter with the OpenTelemetry SDK, as a program would.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly Keeper _keeper = new();
    private readonly MeterProvider _provider;

    public Measurements() => _provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(RpcTelemetry.MeterName)
        .AddReader(new BaseExportingMetricReader(_keeper))
        .Build();

    /// <summary>Everything that was measured so far.</summary>
    public IReadOnlyList<Point> Read()
    {
        Assert.True(_provider.ForceFlush());
        return _keeper.Points;
    }

    /// <summary>The one point of a metric with these attributes; null when there is none.</summary>
    public Point? Find(string name, params (string Key, object? Value)[] tags) => Read()
        .SingleOrDefault(point => point.Name == name && tags.All(tag => Equals(point.Tags.GetValueOrDefault(tag.Key), tag.Value)));

    /// <summary>What a counter without attributes says, or with one.</summary>
    public long Value(string name, params (string Key, object? Value)[] tags) =>
        Find(name, tags)?.Value ?? throw new InvalidOperationException($"{name} was not measured.");

    public void Dispose() => _provider.Dispose();

    /// <summary>One metric with one set of attributes.</summary>
    public sealed record Point(
        string Name, string Unit, MetricType Type, Dictionary<string, object?> Tags, long Value, double Sum, double[] Bounds);

    private sealed class Keeper : BaseExporter<Metric>
    {
        public List<Point> Points { get; private set; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            List<Point> points = [];
            foreach (Metric metric in batch)
            {
                foreach (ref readonly MetricPoint point in metric.GetMetricPoints()) points.Add(Copy(metric, in point));
            }

            Points = points;
            return ExportResult.Success;
        }

        private static Point Copy(Metric metric, ref readonly MetricPoint point)
        {
            Dictionary<string, object?> tags = [];
            foreach (KeyValuePair<string, object?> tag in point.Tags) tags.Add(tag.Key, tag.Value);
            if (metric.MetricType != MetricType.Histogram)
                return new Point(metric.Name, metric.Unit, metric.MetricType, tags, point.GetSumLong(), 0, []);
            List<double> bounds = [];
            foreach (HistogramBucket bucket in point.GetHistogramBuckets()) bounds.Add(bucket.ExplicitBound);
            return new Point(
                metric.Name, metric.Unit, metric.MetricType, tags, point.GetHistogramCount(), point.GetHistogramSum(), [.. bounds]);
        }
    }
}
