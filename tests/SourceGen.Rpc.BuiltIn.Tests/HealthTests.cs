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
    public async Task A_watcher_sees_the_status_and_every_change_that_lasts()
    {
        await using Shop shop = await Shop.OpenAsync();
        RpcHealth health = shop.Server.Health;
        await using IAsyncEnumerator<ServingStatus> orders = shop.Client.Get<IHealth>().WatchAsync("Shop.Orders").GetAsyncEnumerator();
        await using IAsyncEnumerator<ServingStatus> other = shop.Client.Get<IHealth>().WatchAsync("later").GetAsyncEnumerator();
        Assert.Equal(ServingStatus.Serving, await NextAsync(orders));
        Assert.Equal(ServingStatus.Unknown, await NextAsync(other));

        // Of a name that is not watched, and what is the status already: neither is news.
        health.SetStatus("elsewhere", ServingStatus.NotServing);
        health.SetStatus<IOrders>(ServingStatus.Serving);
        health.SetStatus("later", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(other));
        health.SetStatus<IOrders>(ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(orders));
        health.SetStatus<IOrders>(ServingStatus.Unknown);
        Assert.Equal(ServingStatus.Serving, await NextAsync(orders));
        health.SetStatus(RpcHealth.Server, ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(orders));
    }

    [Fact]
    public async Task A_watcher_is_told_of_the_stop_and_does_not_hold_it_up()
    {
        RpcServer server = new(new RpcServerOptions { DrainTimeout = TimeSpan.FromHours(1) }.Listen("memory://"));
        await server.StartAsync().Soon();
        await using RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), Shop.Patient).Soon();
        await using IAsyncEnumerator<ServingStatus> watch = client.Get<IHealth>().WatchAsync().GetAsyncEnumerator();
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        await server.StopAsync().Soon();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.False(await watch.MoveNextAsync().AsTask().Soon());
    }

    [Fact]
    public async Task A_thousand_may_watch_and_one_who_leaves_makes_room()
    {
        RpcHealth health = new RpcServer(new RpcServerOptions()).Health;
        List<IAsyncEnumerator<ServingStatus>> watchers = [];
        for (int i = 0; i < RpcHealth.MaxWatchers; i++)
        {
            IAsyncEnumerator<ServingStatus> watcher = health.WatchAsync("").GetAsyncEnumerator();
            Assert.Equal(ServingStatus.NotServing, await NextAsync(watcher));
            watchers.Add(watcher);
        }

        IAsyncEnumerator<ServingStatus> further = health.WatchAsync("").GetAsyncEnumerator();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => NextAsync(further));
        Assert.Equal(RpcStatusCode.ResourceExhausted, error.Code);
        Assert.Contains("by 1,000 clients already", error.Message, StringComparison.Ordinal);
        await watchers[0].DisposeAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(health.WatchAsync("").GetAsyncEnumerator()));
    }

    [Fact]
    public async Task A_status_that_is_none_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => shop.Server.Health.SetStatus("x", (ServingStatus)3));
    }

    private static async Task<ServingStatus> NextAsync(IAsyncEnumerator<ServingStatus> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().Soon());
        return watch.Current;
    }
}
