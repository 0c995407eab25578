namespace SourceGen.Rpc.Load;

/// <summary>Runs one workload: the warm-up, then the rounds, each with the baseline and the RPC right after each other.</summary>
internal sealed class WorkloadRunner(ServerProcess server, LoadOptions options)
{
    private readonly RoundRunner _runner = new(server);

    public WorkloadResult Run(Workload workload)
    {
        using IContender baseline = CreateBaseline(workload);
        using IContender? rpc = options.RawOnly ? null : CreateRpc(workload);
        if (options.WarmUp > TimeSpan.Zero)
        {
            _runner.Run(baseline, options.WarmUp);
            if (rpc is not null) _runner.Run(rpc, options.WarmUp);
        }

        var rounds = new List<Round>(options.Rounds);
        for (int i = 0; i < options.Rounds; i++) rounds.Add(RunRound(baseline, rpc, baselineFirst: i % 2 == 0));
        return new WorkloadResult(workload, baseline.Name, rpc?.Name, rounds);
    }

    // The order changes with every round, so that a machine that grows faster or slower favours neither.
    private Round RunRound(IContender baseline, IContender? rpc, bool baselineFirst)
    {
        if (rpc is null) return new Round(_runner.Run(baseline, options.Length), null);
        Measurement first = _runner.Run(baselineFirst ? baseline : rpc, options.Length);
        Measurement second = _runner.Run(baselineFirst ? rpc : baseline, options.Length);
        return baselineFirst ? new Round(first, second) : new Round(second, first);
    }

    private IContender CreateBaseline(Workload workload) => workload.LowLatency
        ? new RawPolledClient(server.Addresses.RawPolled, workload.Frames, workload.Callers)
        : new RawAsyncClient(server.Addresses.RawAsync, workload.Frames, workload.Callers);

    private IContender? CreateRpc(Workload workload) =>
        (workload.LowLatency ? server.Addresses.LowLatencyRpc : server.Addresses.Rpc) is { } address
            ? RpcWorkloadClient.Connect(workload, address)
            : null;
}
