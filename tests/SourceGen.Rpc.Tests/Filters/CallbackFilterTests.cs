using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Filters;

/// <summary>Filters around calls that go back over the connection they came in on.</summary>
public sealed class CallbackFilterTests
{
    [Fact]
    public async Task Calls_in_both_directions_have_filters_at_both_ends()
    {
        ConcurrentQueue<string> events = new();
        RpcServerOptions server = new RpcServerOptions().Listen("memory://");
        server.Filters.Add(new RecordingFilter("served", events));
        server.CallbackFilters.Add(new RecordingFilter("back", events));
        await using RpcServer host = new RpcServer(server).AddService<IHop>(new Hop());
        await host.StartAsync();
        RpcClientOptions client = LabHost.Patient(options => options.AddService<IHop>(new Hop()));
        client.Filters.Add(new RecordingFilter("called", events));
        client.CallbackFilters.Add(new RecordingFilter("caught", events));
        await using RpcClient rpc = await RpcClient.ConnectAsync(host.Addresses[0].ToString(), client).Soon();

        // To the server, back to the client, and to the server again, from a handler of the client's.
        Assert.Equal(2, await rpc.Get<IHop>().HopAsync(2, blocking: false).Soon());

        Assert.Equal(
            "called> served> back> caught> called> served> <served <called <caught <back <served <called", string.Join(' ', events));
    }

    [Fact]
    public async Task A_declared_error_comes_back_from_a_caller_as_itself()
    {
        Errors.ShopException? caught = null;
        await using LabHost host = await LabHost.StartAsync();
        host.Lab.On("ask", async _ =>
        {
            caught = await Assert.ThrowsAsync<Errors.ShopException>(() => RpcContext.GetCaller<Errors.IShop>().OrderAsync("x").AsTask());
            return 1;
        });
        ILab lab = await host.GetAsync(static options => options.AddService<Errors.IShop>(new ClosedShop()));

        Assert.Equal(1, await lab.RunAsync("ask").Soon());

        Assert.Equal(("shut", RpcStatusCode.Aborted), (caught!.Message, caught.GetRemoteError()!.Code));
    }

    private sealed class ClosedShop : Errors.IShop
    {
        public ValueTask<int> OrderAsync(string what) => throw new Errors.ShopException("shut");

        public ValueTask PayAsync(string what) => default;

        public ValueTask NoteAsync(string what) => default;
    }
}
