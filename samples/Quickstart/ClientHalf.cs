using System.Diagnostics;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;

namespace Quickstart;

/// <summary>The client: connects, calls, and shows what came back.</summary>
public static class ClientHalf
{
    private const int FilesAtOnce = 8;
    private const int Callers = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(2);

    /// <summary>Lets one server analyze the files at the paths given, the repository's own documents when there are none.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string address, IReadOnlyList<string> paths) => ReportErrorsAsync(async () =>
    {
        List<TextFile> files = Read(paths);
        await using RpcClient rpc = await RpcClient.ConnectAsync(address);
        await UseAsync(rpc.Get<ITextAnalysis>(), files);
        Console.WriteLine();
    });

    /// <summary>The same by all servers that are found in a registry, of which one is killed in the end.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string registryAddress, ServerFleet servers, IReadOnlyList<string> paths) => ReportErrorsAsync(async () =>
    {
        List<TextFile> files = Read(paths);
        await using IRegistry registry = new FileRegistryProvider().Create(RpcAddress.Parse(registryAddress));
        await using ServiceDirectory directory = new(registry);
        await using RpcClient rpc = RpcClient.Create(new RpcClientOptions
        {
            Directory = directory,
            ConnectTimeout = s_patience, // Four processes start at once, perhaps on a machine that is busy otherwise.
            CallTimeout = s_patience,

            // All callers at once may lose their call with the server that is killed; on a slow machine that is more than the share of calls that the default allows.
            Policy = RpcCallPolicy.Default with { Budget = new RetryBudgetPolicy { MinPerSecond = Callers } },
        });
        ITextAnalysis service = rpc.Get<ITextAnalysis>();
        await UseAsync(service, files);
        await KillOneAsync(service, servers, files);
        Console.WriteLine();
    });

    private static List<TextFile> Read(IReadOnlyList<string> paths)
    {
        List<TextFile> files = TextFile.ReadAll(paths);
        return files.Count > 0 ? files : throw new FileNotFoundException("There is no text file among the paths given.");
    }

    private static async Task UseAsync(ITextAnalysis service, List<TextFile> files)
    {
        Console.WriteLine($"Client: process {Environment.ProcessId}, {(files.Count == 1 ? "1 file" : $"{files.Count:N0} files")}, {files.Sum(file => file.Bytes):N0} bytes");
        await service.RemarkAsync($"process {Environment.ProcessId} has sent the one-way call RemarkAsync");
        await AnalyzeFilesAsync(service, files);
        await CallPerLineAsync(service, files);
        await FailAsync(service, files[0]);
    }

    private static async Task<int> ReportErrorsAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (e is RpcException or IOException or UnauthorizedAccessException or FormatException or NotSupportedException)
        {
            Console.Error.WriteLine(e is RpcException rpc ? $"{rpc.Code}: {rpc.Message}" : e.Message);
            return 1;
        }
    }

    private static async Task AnalyzeFilesAsync(ITextAnalysis service, List<TextFile> files)
    {
        FileResult[] results = new FileResult[files.Count];
        Latencies latencies = new();
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce }, async (i, cancellationToken) =>
        {
            long begun = Stopwatch.GetTimestamp();
            results[i] = await AnalyzeAsync(service, files[i], cancellationToken);
            lock (latencies) latencies.Record(begun);
        });
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Report.Print(results);
        Console.WriteLine();
        Console.WriteLine($"Whole files:    {files.Count,9:N0} calls in {elapsed.TotalSeconds:N3} s, {FilesAtOnce} at once; p50 {latencies.Show(0.5)}, p99 {latencies.Show(0.99)}");
    }

    private static async Task<FileResult> AnalyzeAsync(ITextAnalysis service, TextFile file, CancellationToken cancellationToken)
    {
        try
        {
            return new FileResult(file.Name, await service.AnalyzeAsync(new Document(file.Name, "en", file.Text), cancellationToken), Error: null);
        }
        catch (RpcException e)
        {
            return new FileResult(file.Name, Report: null, $"{e.Code}: {e.Message}"); // One bad file is a line of the table, not the end.
        }
    }

    private static async Task CallPerLineAsync(ITextAnalysis service, List<TextFile> files)
    {
        string[] lines = LinesOf(files);
        if (lines.Length == 0) return;
        long words = await Load.CountOnceAsync(service, lines, Callers);
        Console.WriteLine($"One per line:   {lines.Length,9:N0} calls, which found {words:N0} words");
        await Load.RunAsync(service, lines, Callers, s_warmUp);
        await MeasureAsync("Over and over: ", Callers);
        await MeasureAsync("One at a time: ", callers: 1);
#if DEBUG
        Console.WriteLine("(This is a debug build. `dotnet run -c Release --project samples/Quickstart` shows what the optimized one does.)");
#endif

        async Task MeasureAsync(string label, int callers)
        {
            (Latencies latencies, TimeSpan elapsed) = await Load.RunAsync(service, lines, callers, s_measured);
            Console.WriteLine(
                $"{label} {latencies.Count,9:N0} calls in {elapsed.TotalSeconds:N3} s, {callers} at once: "
                + $"{latencies.Count / elapsed.TotalSeconds:N0} calls/s; p50 {latencies.Show(0.5)}, p99 {latencies.Show(0.99)}");
        }
    }

    /// <summary>What callers notice when a server process is killed while they call: nothing.</summary>
    private static async Task KillOneAsync(ITextAnalysis service, ServerFleet servers, List<TextFile> files)
    {
        string[] lines = LinesOf(files);
        if (lines.Length == 0) return;
        int before = servers.Count;
        Task<(Latencies Latencies, TimeSpan Elapsed)> load = Load.RunAsync(service, lines, Callers, s_measured);
        await Task.Delay(s_measured / 4);
        int killed = await servers.KillOneAsync();
        (Latencies latencies, TimeSpan elapsed) = await load; // A call that failed would be thrown here.
        Console.WriteLine($"Of {before} servers, process {killed} was killed while {Callers} callers called over and over: "
            + $"{latencies.Count:N0} calls in {elapsed.TotalSeconds:N3} s, 0 failed; p99 {latencies.Show(0.99)}, slowest {latencies.Show(1)}");
    }

    private static string[] LinesOf(List<TextFile> files) =>
        [.. files.Where(file => file.Text.Length <= TextAnalysis.MaxLength).SelectMany(file => file.Text.Split('\n')).Where(line => line.Length > 0)];

    /// <summary>What a caller sees of an error that the server throws.</summary>
    private static async Task FailAsync(ITextAnalysis service, TextFile file)
    {
        Console.WriteLine();
        Console.WriteLine($"A call that must fail, AnalyzeAsync(new Document(\"{file.Name}\", \"tlh\", ...)), throws:");
        try
        {
            await service.AnalyzeAsync(new Document(file.Name, "tlh", file.Text));
            throw new InvalidOperationException("The server analyzed a language that it does not know.");
        }
        catch (RpcException e)
        {
            Console.WriteLine($"  RpcException  Code {e.Code}, Id {e.Id}, Status {e.Status}, Progress {e.Progress}");
            Console.WriteLine($"  Message       {e.Message}");
        }

        Console.WriteLine();
    }
}
