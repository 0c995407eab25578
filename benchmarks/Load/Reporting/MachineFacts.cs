using System.Runtime;
using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Load;

/// <summary>Where figures come from: without this they cannot be compared with others.</summary>
internal sealed record MachineFacts(
    string Processor,
    int Cores,
    string OperatingSystem,
    string Architecture,
    string Runtime,
    string GarbageCollector,
    string? LoadAverage,
    DateTimeOffset Start)
{
    public static MachineFacts Read() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString(),
        RuntimeInformation.FrameworkDescription,
        (GCSettings.IsServerGC ? "server" : "workstation") + (GCSettings.LatencyMode == GCLatencyMode.Batch ? "" : ", concurrent"),
        FirstWords("/proc/loadavg", 3),
        DateTimeOffset.UtcNow);

    private static string ProcessorName()
    {
        const string info = "/proc/cpuinfo";
        string? line = File.Exists(info)
            ? File.ReadLines(info).FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
    }

    private static string? FirstWords(string file, int words) =>
        File.Exists(file) ? string.Join(' ', File.ReadAllText(file).Split(' ').Take(words)) : null;
}
