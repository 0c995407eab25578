using System.Text.Json;

namespace SourceGen.Rpc.Load.Tests;

public sealed class ResultTests
{
    [Fact]
    public void Of_OddAndEvenCounts_GivesTheMiddle()
    {
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));
        Assert.Equal(new Spread(2.5, 1, 9), Spread.Of([9, 1, 2, 3]));
    }

    [Fact]
    public void Of_NotANumber_IsLeftOut()
    {
        Assert.Equal(new Spread(2, 2, 2), Spread.Of([double.NaN, 2]));
        Assert.True(double.IsNaN(Spread.Of([double.NaN]).Median));
    }

    [Fact]
    public void Ratio_SeveralRounds_IsTakenPairByPair()
    {
        // The medians alone would give 300 / 200; pair by pair the RPC takes 2, 1.5 and 1 times as long.
        WorkloadResult result = Result((100, 200), (200, 300), (400, 400));
        Assert.Equal(new Spread(1.5, 1, 2), result.Ratio(Figure.P50));
        Assert.True(double.IsNaN(result.Ratio(Figure.ClientBytes).Median));
    }

    [Fact]
    public void Targets_BaselineAlone_AreNotJudged()
    {
        WorkloadResult result = Result((100, 105));
        Assert.True(Assert.Single(result.Targets).IsMet);
        Assert.Empty((result with { RpcName = null }).Targets);
    }

    [Fact]
    public void RpcAlone_HasNoRatiosAndNoTargets_AndPrintsDashes()
    {
        WorkloadResult result = Result((100, 105));
        result = result with { BaselineName = null, Rounds = [.. result.Rounds.Select(round => round with { Baseline = null })] };
        Assert.Empty(result.Targets);
        Assert.True(double.IsNaN(result.Ratio(Figure.P50).Median));
        Assert.Equal(105, result.Rpc(Figure.P50).Median);
        var output = new StringWriter();
        new ConsoleReport(output).Workload(result);
        string p50 = Assert.Single(output.ToString().Split(Environment.NewLine), line => line.Contains("p50", StringComparison.Ordinal));
        Assert.Matches(@"^  p50 +- +\S.*\) +-$", p50);
    }

    [Fact]
    public void ToMeasurement_TwoTurns_AddsThemUp()
    {
        var tally = new Tally();
        tally.Add(Sample(calls: 100, inTime: 90, seconds: 1, ticks: 1000), new ProcessCounters(300, 50), new ProcessCounters(0, 100));
        tally.Add(Sample(calls: 300, inTime: 290, seconds: 3, ticks: 3000), new ProcessCounters(500, 150), new ProcessCounters(400, 300));
        Measurement measurement = tally.ToMeasurement();
        Assert.Equal(400, measurement.Calls);
        Assert.Equal(95, measurement.CallsPerSecond);
        Assert.Equal((2, 1), (measurement.ClientBytesPerCall, measurement.ServerBytesPerCall));
        Assert.Equal((0.5, 1), (measurement.ClientCpuPerCall, measurement.ServerCpuPerCall));
        Assert.Equal(2, measurement.TimedCalls);
        Assert.True(measurement.P50 < measurement.P99);
    }

    [Fact]
    public void Workload_WithTheRpc_PrintsFiguresRatiosAndTargets()
    {
        var output = new StringWriter();
        new ConsoleReport(output).Workload(Result((100, 200), (200, 220)));
        string[] lines = [.. output.ToString().Split(Environment.NewLine).Select(OneSpaceBetweenWords)];
        Assert.Contains("add-1: Add(int, int), 1 caller", lines);
        Assert.Contains("raw async RPC RPC / raw async", lines);
        Assert.Contains("p50 150.0 us (100.0 us - 200.0 us) 210.0 us (200.0 us - 220.0 us) 1.55 (1.10 - 2.00)", lines);
        Assert.Contains("client B/call 0.0 B (0.0 B - 0.0 B) 0.0 B (0.0 B - 0.0 B)", lines);
        Assert.Contains("NOT MET p50 at most 1.1 x raw async", lines);
    }

    [Fact]
    public void Write_Report_HoldsFiguresRatiosTargetsAndRounds()
    {
        using var stream = new MemoryStream();
        WorkloadResult withRpc = Result((100, 105));
        WorkloadResult baselineAlone = withRpc with { RpcName = null, Rounds = [new Round(WithP50(100), null)] };
        JsonReport.From(MachineFacts.Read(), LoadOptions.Parse([]), [withRpc, baselineAlone]).Write(stream);
        JsonElement report = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal(Environment.ProcessorCount, report.GetProperty("machine").GetProperty("cores").GetInt32());
        JsonElement workload = report.GetProperty("workloads")[0];
        JsonElement p50 = workload.GetProperty("figures").GetProperty("p50Microseconds");
        Assert.Equal(1.05, p50.GetProperty("ratio").GetProperty("median").GetDouble());
        Assert.True(workload.GetProperty("targets")[0].GetProperty("isMet").GetBoolean());
        Assert.Equal(105, workload.GetProperty("rounds")[0].GetProperty("rpc").GetProperty("p50").GetDouble());
        JsonElement alone = report.GetProperty("workloads")[1].GetProperty("figures").GetProperty("p50Microseconds");
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("rpc").ValueKind);
    }

    private static string OneSpaceBetweenWords(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static LoadSample Sample(long calls, long inTime, double seconds, long ticks)
    {
        var latencies = new LatencyHistogram();
        latencies.Record(ticks);
        return new LoadSample(calls, inTime, TimeSpan.FromSeconds(seconds), latencies);
    }

    private static WorkloadResult Result(params (double Baseline, double Rpc)[] p50) => new(
        new Workload { Name = "add-1", Kind = CallKind.Add, Callers = 1, Targets = [new Target(Figure.P50, Bound.AtMost, Ratio: 1.1)] },
        "raw async",
        "RPC",
        [.. p50.Select(static r => new Round(WithP50(r.Baseline), WithP50(r.Rpc)))]);

    private static Measurement WithP50(double p50) => new()
    {
        Calls = 1,
        CallsPerSecond = 1,
        P50 = p50,
        P99 = p50,
        P999 = p50,
        Max = p50,
        TimedCalls = 1,
        ClientBytesPerCall = 0,
        ServerBytesPerCall = 0,
        ClientCpuPerCall = 1,
        ServerCpuPerCall = 1,
    };
}
