using SourceGen.Rpc.Samples.Contracts;

namespace SourceGen.Rpc.Samples.Tests.Protocol;

/// <summary>A real server at a free port, with default options as the document has them, and without built-in services.</summary>
internal sealed class CalculatorServer : IAsyncDisposable
{
    private readonly RpcServer _server =
        new(new RpcServerOptions { BuiltInServices = RpcBuiltInServices.None }.Listen("tcp://127.0.0.1:0"));

    public Calculator Calculator { get; } = new();

    public int Port => int.Parse(_server.Addresses[0].Rest.Split(':')[^1]);

    public static async Task<CalculatorServer> StartAsync()
    {
        CalculatorServer server = new();
        server._server.AddService<ICalculator>(server.Calculator);
        await server._server.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
