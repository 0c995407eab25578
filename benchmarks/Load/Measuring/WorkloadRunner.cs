namespace SourceGen.Rpc.Load;

/// <summary>
/// Runs one workload: the warm-up, then the rounds, in each of which the baseline and the RPC take turns, unless one of them was asked for.
/// </summary>
internal sealed class WorkloadRunner(ServerProcess server, LoadOptions options)
{
    public WorkloadResult Run(Workload workload)
    {
        using IContender? baseline = options.RpcOnly ? null : CreateBaseline(workload);
        using IContender? rpc = options.RawOnly ? null : CreateRpc(workload);
        if (options.WarmUp > TimeSpan.Zero) RunRound(baseline, rpc, options.WarmUp, workload.LongestTurn);
        var rounds = new List<Round>(options.Rounds);
        for (int i = 0; i < options.Rounds; i++) rounds.Add(RunRound(baseline, rpc, options.Length, workload.LongestTurn));
        return new WorkloadResult(workload, baseline?.Name, rpc?.Name, rounds);
    }

    private Round RunRound(IContender? baseline, IContender? rpc, TimeSpan length, TimeSpan longestTurn)
    {
        int turns = (int)Math.Ceiling(length / longestTurn);
        TimeSpan turn = length / turns;
        Tally ofBaseline = new(), ofRpc = new();
        for (int i = 0; i < turns; i++)
        {
            // Whoever goes second goes first next time, so that neither always follows the other.
            bool rpcFirst = i % 2 == 1;
            if (rpc is not null && rpcFirst) RunTurn(rpc, turn, ofRpc);
            if (baseline is not null) RunTurn(baseline, turn, ofBaseline);
            if (rpc is not null && !rpcFirst) RunTurn(rpc, turn, ofRpc);
        }

        return new Round(baseline is null ? null : ofBaseline.ToMeasurement(), rpc is null ? null : ofRpc.ToMeasurement());
    }

    private void RunTurn(IContender contender, TimeSpan length, Tally tally)
    {
        contender.Open();
        try
        {
            ProcessCounters serverBefore = server.ReadCounters();
            ProcessCounters clientBefore = ProcessCounters.Read();
            LoadSample sample = contender.Run(length);
            ProcessCounters client = ProcessCounters.Read() - clientBefore;
            if (sample.Calls == 0) throw new LoadException($"{contender.Name}: no call was answered in {length.TotalSeconds:0.##} s.");
            tally.Add(sample, client, server.ReadCounters() - serverBefore);
        }
        finally
        {
            contender.Close();
        }
    }

    /// <returns>Null for a baseline that this build does not have.</returns>
    private IContender? CreateBaseline(Workload workload) => workload.Http2
        ? server.StartHttp() is { } http ? new HttpStreamClient(http) : null
        : workload.Tls ? RpcWorkloadClient.Connect(workload, RpcWorkloadClient.PlainTitle, server.Addresses.Rpc!)!
        : workload.LowLatency ? new RawPolledClient(server.Addresses.RawPolled, workload.Frames, workload.InFlight)
        : new RawAsyncClient(server.Addresses.RawAsync, workload.Frames, workload.InFlight);

    private IContender? CreateRpc(Workload workload)
    {
        ServerAddresses at = server.Addresses;
        string? address = workload.Tls ? at.TlsRpc : workload.LowLatency ? at.LowLatencyRpc : at.Rpc;
        string? thumbprint = workload.Tls ? at.Thumbprint : null;
        return address is null ? null : RpcWorkloadClient.Connect(workload, RpcWorkloadClient.Title, address, thumbprint);
    }
}
