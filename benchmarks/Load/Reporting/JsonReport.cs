using System.Text.Json;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Load;

/// <summary>The results as a file for programs: every figure of every round, the medians and ratios, and the machine.</summary>
internal sealed record JsonReport(MachineFacts Machine, JsonSettings Settings, IReadOnlyList<JsonWorkload> Workloads)
{
    public static JsonReport From(MachineFacts machine, LoadOptions options, IEnumerable<WorkloadResult> results) => new(
        machine,
        new JsonSettings(options.Rounds, options.Length.TotalSeconds, options.WarmUp.TotalSeconds),
        [.. results.Select(JsonWorkload.From)]);

    public void Write(Stream output) => JsonSerializer.Serialize(output, this, JsonReportContext.Default.JsonReport);
}

/// <summary>How it was measured.</summary>
internal sealed record JsonSettings(int Rounds, double SecondsPerRun, double SecondsOfWarmUp);

/// <summary>One workload's results. Keys of <paramref name="Figures"/> carry their unit.</summary>
internal sealed record JsonWorkload(
    string Name,
    string Description,
    CallKind Kind,
    int Callers,
    int Payload,
    bool LowLatency,
    int RequestFrameBytes,
    int ReplyFrameBytes,
    int RpcCallsPerTimedCall,
    string? Baseline,
    IReadOnlyDictionary<string, JsonFigure> Figures,
    IReadOnlyList<JsonTarget> Targets,
    IReadOnlyList<Round> Rounds)
{
    public static JsonWorkload From(WorkloadResult result)
    {
        Workload workload = result.Workload;
        return new JsonWorkload(
            workload.Name,
            workload.Description,
            workload.Kind,
            workload.Callers,
            workload.Payload,
            workload.LowLatency,
            workload.Frames.Request,
            workload.Frames.Reply,
            workload.SampleEvery,
            result.BaselineName,
            Figure.All.ToDictionary(
                static f => f.JsonName,
                f => new JsonFigure(JsonSpread.From(result.Baseline(f)), JsonSpread.From(result.Rpc(f)), JsonSpread.From(result.Ratio(f)))),
            [.. result.Targets.Select(t => new JsonTarget(t.Target.Describe(result.BaselineName!), t.IsMet))],
            result.Rounds);
    }
}

/// <summary>One figure over all rounds. What was not measured is null.</summary>
internal sealed record JsonFigure(JsonSpread? Baseline, JsonSpread? Rpc, JsonSpread? Ratio);

/// <summary>A figure's middle and extremes.</summary>
internal sealed record JsonSpread(double Median, double Min, double Max)
{
    // JSON has no NaN.
    public static JsonSpread? From(Spread spread) =>
        double.IsNaN(spread.Median) ? null : new JsonSpread(spread.Median, spread.Min, spread.Max);
}

/// <summary>A target in words and whether it is reached.</summary>
internal sealed record JsonTarget(string Target, bool IsMet);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(JsonReport))]
internal sealed partial class JsonReportContext : JsonSerializerContext;
