namespace SourceGen.Rpc.Load;

/// <summary>The RPC as a contender: one connection and all callers on it. This and RpcWorkloadServer are all that know it.</summary>
internal sealed class RpcWorkloadClient : IContender
{
    /// <summary>What the RPC's figures are listed under.</summary>
    public const string Title = "RPC";

    /// <summary>What they are listed under where the RPC without TLS is the baseline of that with it.</summary>
    public const string PlainTitle = "plain RPC";

    private readonly RpcClient _client;
    private readonly CallerGroup _callers;

    private RpcWorkloadClient(string name, RpcClient client, Workload workload)
    {
        Name = name;
        _client = client;
        _callers = new CallerGroup(Name, workload, client.Get<ILoadService>());
    }

    public string Name { get; }

    /// <summary>Connects.</summary>
    /// <param name="workload">What to call.</param>
    /// <param name="name">What its figures are listed under.</param>
    /// <param name="address">The server for the workload's mode.</param>
    /// <param name="thumbprint">The server's certificate, for a server that uses TLS.</param>
    /// <returns>The client, or null in a build without the RPC.</returns>
    public static RpcWorkloadClient? Connect(Workload workload, string name, string address, string? thumbprint = null)
    {
        var options = new RpcClientOptions { LowLatency = workload.LowLatency, CallTimeout = LoadLimits.Drain };
        LoadLimits.Apply(options.Limits);
        if (thumbprint is not null) options.UseTls(tls => tls.ServerThumbprint = thumbprint);
        RpcClient client = RpcClient.ConnectAsync(address, options).AsTask().GetAwaiter().GetResult();
        return new RpcWorkloadClient(name, client, workload);
    }

    public void Open() => _callers.Reset();

    public LoadSample Run(TimeSpan duration) => _callers.Run(duration);

    public void Close()
    {
    }

    public void Dispose() => _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
