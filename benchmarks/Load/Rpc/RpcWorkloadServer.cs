namespace SourceGen.Rpc.Load;

/// <summary>The RPC's side of the server process: a server for each mode. This and RpcWorkloadClient are all that know it.</summary>
internal sealed class RpcWorkloadServer : IDisposable
{
    private readonly RpcServer _server;

    private RpcWorkloadServer(RpcServer server) => _server = server;

    /// <summary>Where clients connect to.</summary>
    public string Address => _server.Addresses[0].ToString();

    /// <summary>Starts a server on a free port of the loopback interface.</summary>
    /// <param name="options">Where it listens, and its mode.</param>
    /// <returns>The server, or null in a build without the RPC.</returns>
    public static RpcWorkloadServer? Start(RpcServerOptions options)
    {
        LoadLimits.Apply(options.Limits);
        var server = new RpcServer(options);
        server.AddService<ILoadService>(new LoadService());
        server.StartAsync().GetAwaiter().GetResult();
        return new RpcWorkloadServer(server);
    }

    public void Dispose() => _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
