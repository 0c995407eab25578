using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task C59_Start_OnAUsedPort_LeavesNothingListening()
    {
        using Socket occupant = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupant.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        occupant.Listen();
        string used = $"tcp://{occupant.LocalEndPoint}";
        string free = TestHost.NewAddress();
        IHost host = TestHost.Build(services => services.AddRpcServer(o => o.Listen(free).Listen(used)).AddService<IGreeter, Greeter>());

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => host.StartAsync());

        Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
        Assert.Contains(used, error.Message, StringComparison.Ordinal);
        await AssertNobodyListensAsync(free);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task C59_Start_WhenTheSecondServerFails_StopsTheFirst()
    {
        string first = TestHost.NewAddress();
        LogRecorder log = new();
        IHost host = TestHost.Build(services =>
        {
            services.AddLog(log);
            services.AddRpcServer(o => o.Listen(first)).AddService<IGreeter, Greeter>();
            services.AddRpcServer("internal", o => o.Listen(first)).AddService<IGreeter, Greeter>();
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => host.StartAsync());

        Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
        Assert.Contains(log.Entries, entry => entry is { Id.Id: 301, Level: LogLevel.Warning }
            && entry.Text == "The RPC server 'internal' did not start; the 1 started before it are stopped again");
        await AssertNobodyListensAsync(first);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Start_WhenAnImplementationCannotBeCreated_FailsBeforeItListens()
    {
        string address = TestHost.NewAddress();
        IHost host = TestHost.Build(services => services
            .AddRpcServer(o => o.Listen(address))
            .AddService<IGreeter>(_ => throw new InvalidOperationException("no database")));

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Equal("no database", error.Message);
        await AssertNobodyListensAsync(address);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task AddRpcServer_CalledAgain_ContinuesWithTheSameServer()
    {
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>();
            services.AddRpcServer().AddService<ICalculator, Calculator>();
        });
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.AddressOf());

        Assert.Equal("Hello, Ada", await rpc.Get<IGreeter>().GreetAsync("Ada"));
        Assert.Equal(5, await rpc.Get<ICalculator>().AddAsync(2, 3));
        await rpc.DisposeAsync();
        await host.StopAndDisposeAsync();
    }

    private static async Task AssertNobodyListensAsync(string address)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(address));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
    }
}
