using System.Collections.Concurrent;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Filters;

/// <summary>A server whose lab is made for each call, and a client, each with the filters that a test adds.</summary>
internal sealed class FilterHost : ServiceSource<ILab>, IAsyncDisposable
{
    private RpcServer _server = null!;
    private RpcClient _client = null!;
    private int _activated;
    private int _released;

    public Lab Implementation { get; } = new();

    public ILab Lab { get; private set; } = null!;

    public TestLog Log { get; } = new();

    /// <summary>What filters and the implementation note.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>How many implementations were asked for.</summary>
    public int Activated => Volatile.Read(ref _activated);

    public static async Task<FilterHost> StartAsync(
        Action<FilterHost, RpcFilterCollection<IRpcServerFilter>>? server = null,
        Action<FilterHost, RpcFilterCollection<IRpcClientFilter>>? client = null)
    {
        FilterHost host = new();
        RpcServerOptions options = new RpcServerOptions { LoggerFactory = host.Log }.Listen("memory://");
        server?.Invoke(host, options.Filters);
        host._server = new RpcServer(options).AddService<ILab>(host);
        await host._server.StartAsync();
        host._client = await RpcClient.ConnectAsync(
            host._server.Addresses[0].ToString(), LabHost.Patient(options => client?.Invoke(host, options.Filters))).Soon();
        host.Lab = host._client.Get<ILab>();
        return host;
    }

    public override ILab Activate(out IAsyncDisposable? lease)
    {
        Interlocked.Increment(ref _activated);
        lease = new Lease(this);
        return Implementation;
    }

    /// <summary>Waits until so many implementations were released, and no more.</summary>
    public Task AssertReleasedAsync(int count) =>
        Until.TrueAsync(() => Volatile.Read(ref _released) == count, () => $"{_released} released, not {count}");

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
    }

    private sealed class Lease(FilterHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Interlocked.Increment(ref host._released);
        }
    }
}
