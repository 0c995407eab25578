using SourceGen.Rpc.BuiltIn.Tests.Support;

namespace SourceGen.Rpc.BuiltIn.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_started_server_and_its_services_are_serving_and_others_unknown()
    {
        await using Shop shop = await Shop.OpenAsync();
        IHealth health = shop.Client.Get<IHealth>();
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync().Soon());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync("Shop.Orders").Soon());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync("rpc.Health").Soon());
        Assert.Equal(ServingStatus.Unknown, await health.CheckAsync("Shop.Other").Soon());
    }

    [Fact]
    public async Task What_the_program_sets_is_what_clients_see()
    {
        await using Shop shop = await Shop.OpenAsync();
        IHealth health = shop.Client.Get<IHealth>();
        shop.Server.Health.SetStatus<IOrders>(ServingStatus.NotServing);
        shop.Server.Health.SetStatus("database", ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync("Shop.Orders").Soon());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync("database").Soon());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync().Soon());

        shop.Server.Health.SetStatus<IOrders>(ServingStatus.Unknown);
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync("Shop.Orders").Soon());
        shop.Server.Health.SetStatus(RpcHealth.Server, ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync().Soon());
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync("Shop.Orders").Soon());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync("database").Soon());
    }

    [Fact]
    public async Task Nothing_is_serving_before_the_start_and_from_the_stop_on()
    {
        RpcServer server = new RpcServer(new RpcServerOptions { DrainTimeout = TimeSpan.FromSeconds(20) }.Listen("memory://"));
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.AddService<IOrders>(new Orders
        {
            OnRun = async _ =>
            {
                entered.SetResult();
                await leave.Task;
                return (int)server.Health.GetStatus();
            },
        });
        Assert.Equal(ServingStatus.NotServing, server.Health.GetStatus());
        Assert.Equal(ServingStatus.Unknown, server.Health.GetStatus("Shop.Orders"));
        await server.StartAsync().Soon();
        Assert.Equal(ServingStatus.Serving, server.Health.GetStatus());
        await using RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), Shop.Patient).Soon();
        Task<int> call = client.Get<IOrders>().RunAsync().AsTask();
        await entered.Task.Soon();
        Task stopping = server.StopAsync();

        // The call is in flight while the server stops; the stop waits for it.
        await Until.TrueAsync(() => server.Health.GetStatus() == ServingStatus.NotServing, () => "the stopping server is serving");
        leave.SetResult();
        Assert.Equal((int)ServingStatus.NotServing, await call.Soon());
        await stopping.Soon();
        server.Health.SetStatus(RpcHealth.Server, ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, server.Health.GetStatus());
    }

    [Fact]
    public async Task A_status_that_is_none_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => shop.Server.Health.SetStatus("x", (ServingStatus)3));
    }
}
