namespace SourceGen.Rpc.Load;

/// <summary>The server's side in a build without the RPC: there is none, and the baseline runs alone.</summary>
internal sealed class RpcWorkloadServer : IDisposable
{
    private RpcWorkloadServer(string address) => Address = address;

    public string Address { get; }

    public static RpcWorkloadServer? Start(bool lowLatency) => null;

    public void Dispose()
    {
    }
}

/// <summary>The client's side in a build without the RPC.</summary>
internal static class RpcWorkloadClient
{
    public static IContender? Connect(Workload workload, string address) => null;
}
