using SourceGen.Rpc.Dynamic;

namespace SourceGen.Rpc.BuiltIn.Tests.Support;

/// <summary>A server with <see cref="IOrders"/>, and a client of it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private Shop(RpcServer server, RpcClient client, Orders orders)
    {
        Server = server;
        Client = client;
        Orders = orders;
        Dynamic = DynamicRpcClient.Over(client);
    }

    public RpcServer Server { get; }

    public RpcClient Client { get; }

    public DynamicRpcClient Dynamic { get; }

    public Orders Orders { get; }

    public string Address => Server.Addresses[0].ToString();

    public static RpcClientOptions Patient => new() { CallTimeout = Waiting.Limit, ConnectTimeout = Waiting.Limit };

    public static async Task<Shop> OpenAsync(
        RpcBuiltInServices builtIns = RpcBuiltInServices.All,
        Action<RpcServerOptions>? server = null,
        Action<RpcClientOptions>? client = null)
    {
        Orders orders = new();
        RpcServerOptions options =
            new RpcServerOptions { BuiltInServices = builtIns, DrainTimeout = TimeSpan.FromMilliseconds(200) }.Listen("memory://");
        server?.Invoke(options);
        RpcServer rpcServer = new RpcServer(options).AddService<IOrders>(orders);
        await rpcServer.StartAsync().Soon();
        RpcClientOptions clientOptions = Patient;
        client?.Invoke(clientOptions);
        return new Shop(rpcServer, await RpcClient.ConnectAsync(rpcServer.Addresses[0].ToString(), clientOptions).Soon(), orders);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().Soon();
        await Server.DisposeAsync().Soon();
    }
}
