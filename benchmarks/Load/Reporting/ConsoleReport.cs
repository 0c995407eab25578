namespace SourceGen.Rpc.Load;

/// <summary>Prints results for people: one block a workload, one line a figure, the baseline and the RPC side by side.</summary>
internal sealed class ConsoleReport(TextWriter output)
{
    private const int LabelWidth = 17;
    private const int ColumnWidth = 34;

    public void Machine(MachineFacts machine, LoadOptions options)
    {
        output.WriteLine($"{machine.Runtime}, GC {machine.GarbageCollector}");
        output.WriteLine($"{machine.OperatingSystem} {machine.Architecture}, {machine.Cores} x {machine.Processor}");
        if (machine.LoadAverage is { } load) output.WriteLine($"load average before the start: {load}");
        string length = Seconds(options.Length), warmUp = Seconds(options.WarmUp);
        output.WriteLine($"{options.Rounds} rounds of {length} after {warmUp} of warm-up; median (min - max)");
    }

    public void Workload(WorkloadResult result)
    {
        Workload workload = result.Workload;
        output.WriteLine();
        output.WriteLine($"{workload.Name}: {workload.Description}");
        output.WriteLine($"  frames of {workload.Frames.Request:N0} B and {workload.Frames.Reply:N0} B; latency of {Timed(workload)}");
        string ofBaseline = result.BaselineName ?? "baseline";
        Line("", ofBaseline, result.RpcName, result.RpcName is null ? null : $"{result.RpcName} / {ofBaseline}");
        foreach (Figure figure in Figure.All)
        {
            Line(
                figure.Label,
                Text(result.Baseline(figure), figure.Format),
                result.RpcName is null ? null : Text(result.Rpc(figure), figure.Format),
                result.RpcName is null || !figure.HasRatio ? null : Text(result.Ratio(figure), static v => $"{v:0.00}"));
        }

        foreach ((Target target, bool isMet) in result.Targets)
        {
            output.WriteLine($"  {(isMet ? "met    " : "NOT MET")}  {target.Describe(ofBaseline)}");
        }
    }

    public void List(IEnumerable<Workload> workloads)
    {
        foreach (Workload workload in workloads)
        {
            output.WriteLine($"{workload.Name,-20}{workload.Description}");
            string baseline = workload.Http2 ? HttpStreamClient.Title
                : workload.Tls ? RpcWorkloadClient.PlainTitle
                : workload.LowLatency ? RawPolledClient.Title
                : RawAsyncClient.Title;
            foreach (Target target in workload.Targets) output.WriteLine($"{"",-20}  target: {target.Describe(baseline)}");
        }
    }

    public void Summary(IReadOnlyList<WorkloadResult> results)
    {
        (Target Target, bool IsMet)[] targets = [.. results.SelectMany(static r => r.Targets)];
        if (targets.Length == 0) return;
        output.WriteLine();
        output.WriteLine($"{targets.Count(static t => t.IsMet)} of {targets.Length} targets met");
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.##} s";

    private static string Timed(Workload workload) =>
        (workload.SampleEvery == 1 ? "every call" : $"1 call in {workload.SampleEvery} of the RPC's, every frame of the baseline's")
        + (workload.Kind == CallKind.SometimesBlock ? " that does not block" : "");

    private static string Text(Spread spread, Func<double, string> format) =>
        double.IsNaN(spread.Median) ? "-" : $"{format(spread.Median)} ({format(spread.Min)} - {format(spread.Max)})";

    private void Line(string label, params ReadOnlySpan<string?> columns)
    {
        string line = "  " + label.PadRight(LabelWidth);
        foreach (string? column in columns) line += (column ?? "").PadRight(ColumnWidth);
        output.WriteLine(line.TrimEnd());
    }
}
