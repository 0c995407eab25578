namespace SourceGen.Rpc.Load;

/// <summary>The client process: it starts the server process, runs the workloads and reports.</summary>
internal static class LoadProgram
{
    // Nothing here is async: the main thread drives the rounds, and the pool's threads are left to what is measured.
    public static int Run(LoadOptions options, TextWriter output)
    {
        var report = new ConsoleReport(output);
        if (options.Help)
        {
            output.WriteLine(LoadOptions.Usage);
            return ExitCode.Done;
        }

        IReadOnlyList<Workload> workloads = WorkloadCatalog.Select(options.Only);
        if (options.List)
        {
            report.List(workloads);
            return ExitCode.Done;
        }

        // Opened first: a path that cannot be written to should not show after ten minutes of measuring.
        using Stream? json = options.JsonFile is { } path ? CreateFile(path) : null;
        MachineFacts machine = MachineFacts.Read();
        report.Machine(machine, options);
        WarnAboutTheBuild(output);
        using ServerProcess server = ServerProcess.Start();
        bool hasRpc = server.Addresses.Rpc is not null;
        if (options.Check && !hasRpc) throw new LoadException("--check: this build has no RPC in it, so no target can be judged.");
        if (options.RpcOnly && !hasRpc) throw new LoadException("--rpc-only: this build has no RPC in it, so nothing is left to run.");
        if (!hasRpc && !options.RawOnly) output.WriteLine("This build has no RPC in it: the baseline runs alone.");
        var runner = new WorkloadRunner(server, options);
        var results = new List<WorkloadResult>(workloads.Count);
        foreach (Workload workload in workloads)
        {
            WorkloadResult result = runner.Run(workload);
            report.Workload(result);
            results.Add(result);
        }

        report.Summary(results);
        if (json is not null) JsonReport.From(machine, options, results).Write(json);
        return options.Check && results.Any(static r => r.Targets.Any(static t => !t.IsMet)) ? ExitCode.TargetMissed : ExitCode.Done;
    }

    private static FileStream CreateFile(string path)
    {
        try
        {
            return File.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--json {path}: the file cannot be written: {e.Message}");
        }
    }

    private static void WarnAboutTheBuild(TextWriter output)
    {
#if DEBUG
        output.WriteLine("WARNING: this is a Debug build. Its figures mean nothing: run with -c Release.");
#endif
    }
}

/// <summary>What the program ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int TargetMissed = 1;
    public const int Usage = 2;
    public const int Failed = 3;
}
