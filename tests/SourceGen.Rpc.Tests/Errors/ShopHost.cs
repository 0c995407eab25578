using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Errors;

/// <summary>A server with an <see cref="IShop"/> that throws what a test says, and clients of it.</summary>
internal sealed class ShopHost : IShop, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<Exception>> _errors = new();
    private readonly ConcurrentBag<RpcClient> _clients = [];
    private RpcServer _server = null!;

    public TestLog Log { get; } = new();

    public TestLog ClientLog { get; } = new();

    public static async Task<ShopHost> StartAsync(Action<RpcServerOptions>? configure = null)
    {
        ShopHost host = new();
        RpcServerOptions options = new RpcServerOptions { LoggerFactory = host.Log }.Listen("tcp://127.0.0.1:0");
        options.Codecs.Add(new JsonCodec(ShopJson.Default));
        configure?.Invoke(options);
        host._server = new RpcServer(options).AddService<IShop>(host);
        await host._server.StartAsync();
        return host;
    }

    public void On(string what, Func<Exception> error) => _errors[what] = error;

    public async Task<RpcClient> ConnectAsync(string codec = "msgpack", Action<RpcClientOptions>? configure = null)
    {
        RpcClientOptions options = LabHost.Patient(configure);
        options.LoggerFactory = ClientLog;
        if (codec == "json") options.Codecs.Insert(0, new JsonCodec(ShopJson.Default));
        RpcClient client = await RpcClient.ConnectAsync(_server.Addresses[0].ToString(), options).Soon();
        _clients.Add(client);
        return client;
    }

    public ValueTask<int> OrderAsync(string what) =>
        _errors.TryGetValue(what, out Func<Exception>? error) ? throw error() : new(what.Length);

    public async ValueTask PayAsync(string what)
    {
        await Task.Yield();
        throw _errors[what]();
    }

    public ValueTask NoteAsync(string what) => throw _errors[what]();

    public async ValueTask DisposeAsync()
    {
        foreach (RpcClient client in _clients) await client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
    }
}
