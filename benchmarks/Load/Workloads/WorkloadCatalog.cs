using System.IO.Enumeration;

namespace SourceGen.Rpc.Load;

/// <summary>All workloads, in the order in which they run, with the targets they have to reach.</summary>
internal static class WorkloadCatalog
{
    /// <summary>
    /// No object is smaller than 24 bytes, so what allocates in one call of 48 shows; what a turn itself allocates (its callers' tasks)
    /// stays below.
    /// </summary>
    private const double Nothing = 0.5;

    private static readonly Target ClientAllocatesNothing = new(Figure.ClientBytes, Bound.AtMost, Value: Nothing);
    private static readonly Target ServerAllocatesNothing = new(Figure.ServerBytes, Bound.AtMost, Value: Nothing);

    private static readonly Target SixTenths = new(Figure.CallsPerSecond, Bound.AtLeast, Ratio: 0.6);

    public static readonly IReadOnlyList<Workload> All =
    [
        Add(1, new Target(Figure.P50, Bound.AtMost, Ratio: 1.1), ClientAllocatesNothing, ServerAllocatesNothing),
        Add(64, ClientAllocatesNothing, ServerAllocatesNothing),
        Add(512, new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 5e6), ClientAllocatesNothing, ServerAllocatesNothing),
        Echo("32", 32, 1),
        Echo("32", 32, 64, new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 1e6)),
        Echo("32", 32, 512, new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 3e6, Ratio: 0.25)),
        Echo("1k", 1024, 1),
        Echo("1k", 1024, 64),
        Echo("1k", 1024, 512),
        Echo("64k", 65_536, 1),
        Echo("64k", 65_536, 64, new Target(Figure.CallsPerSecond, Bound.AtLeast, Ratio: 0.5)),
        Echo("64k", 65_536, 512),
        LowLatency(Add(1, new Target(Figure.P50, Bound.AtMost, Ratio: 1.5), ClientAllocatesNothing, ServerAllocatesNothing)),
        LowLatency(Add(64)),
        LowLatency(Add(512)),
        LowLatency(Echo("32", 32, 512)),
        Tls(Add(1, SixTenths, ClientAllocatesNothing, ServerAllocatesNothing)),
        Tls(Add(512, SixTenths, ClientAllocatesNothing, ServerAllocatesNothing)),
        new()
        {
            Name = "blocking-64",
            Kind = CallKind.SometimesBlock,
            Callers = 64,
            Targets = [new Target(Figure.P99, Bound.AtMost, Value: 5000)],
        },
        new()
        {
            Name = "large-beside-small",
            Kind = CallKind.LargeBesideSmall,
            Callers = 16,
            Payload = 100_000_000,
            Targets = [new Target(Figure.P99, Bound.AtMost, Value: 5000)],
        },
        Stream("stream-down", CallKind.StreamDown),
        Stream("stream-up", CallKind.StreamUp),
        Http2(Stream("stream-down", CallKind.StreamDown)),
        new()
        {
            // A unary call may take 1.1 times the baseline, and this 1.2 times a unary call.
            Name = "duplex-1",
            Kind = CallKind.PingPong,
            Callers = 1,
            Targets = [new Target(Figure.P50, Bound.AtMost, Ratio: 1.32)],
        },
    ];

    /// <summary>The workloads whose name matches one of the patterns, in the catalog's order.</summary>
    /// <param name="patterns">Names, in which * stands for anything.</param>
    /// <exception cref="UsageException">A pattern matches none.</exception>
    public static IReadOnlyList<Workload> Select(IReadOnlyList<string> patterns)
    {
        if (patterns.FirstOrDefault(p => !All.Any(w => Matches(p, w))) is { } unknown)
        {
            string names = string.Join(", ", All.Select(static w => w.Name));
            throw new UsageException($"--only {unknown} matches no workload. The names are: {names}; * stands for anything.");
        }

        return [.. All.Where(w => patterns.Any(p => Matches(p, w)))];
    }

    private static bool Matches(string pattern, Workload workload) => FileSystemName.MatchesSimpleExpression(pattern, workload.Name);

    private static Workload Add(int callers, params Target[] targets) =>
        new() { Name = $"add-{callers}", Kind = CallKind.Add, Callers = callers, Targets = targets };

    private static Workload Echo(string size, int payload, int callers, params Target[] targets) =>
        new() { Name = $"echo-{size}-{callers}", Kind = CallKind.Echo, Payload = payload, Callers = callers, Targets = targets };

    private static Workload Stream(string name, CallKind kind) => new()
    {
        Name = name,
        Kind = kind,
        Callers = 1,
        BaselineInFlight = 512,
        Targets = [new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 10e6)],
    };

    private static Workload Tls(Workload workload) => workload with { Name = "tls-" + workload.Name, Tls = true };

    private static Workload Http2(Workload workload) => workload with
    {
        Name = "http2-" + workload.Name,
        Http2 = true,
        Targets = [new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 10e6, Ratio: 1.5)],
    };

    private static Workload LowLatency(Workload workload) => workload with { Name = "low-" + workload.Name, LowLatency = true };
}
