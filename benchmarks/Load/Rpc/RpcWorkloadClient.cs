namespace SourceGen.Rpc.Load;

/// <summary>The RPC as a contender: one connection and all callers on it. This and RpcWorkloadServer are all that know it.</summary>
internal sealed class RpcWorkloadClient : IContender
{
    private readonly RpcClient _client;
    private readonly CallerGroup _callers;

    private RpcWorkloadClient(RpcClient client, Workload workload)
    {
        _client = client;
        _callers = new CallerGroup(Name, workload, client.Get<ILoadService>());
    }

    public string Name => "RPC";

    /// <summary>Connects.</summary>
    /// <param name="workload">What to call.</param>
    /// <param name="address">The server for the workload's mode.</param>
    /// <returns>The client, or null in a build without the RPC.</returns>
    public static RpcWorkloadClient? Connect(Workload workload, string address)
    {
        var options = new RpcClientOptions { LowLatency = workload.LowLatency };
        RpcClient client = RpcClient.ConnectAsync(address, options).AsTask().GetAwaiter().GetResult();
        return new RpcWorkloadClient(client, workload);
    }

    public void Open() => _callers.Reset();

    public LoadSample Run(TimeSpan duration) => _callers.Run(duration);

    public void Close()
    {
    }

    public void Dispose() => _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
