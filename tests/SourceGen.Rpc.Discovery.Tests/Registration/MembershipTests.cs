using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Registration;

/// <summary>A running server leaves the registry and comes back, because the program says so.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task AServerThatLeavesTheRegistryServesOnAndComesBackAsTheSame()
    {
        ScriptedRegistry registry = new();
        RpcServerOptions options = new RpcServerOptions().Listen("tcp://127.0.0.1:0");
        options.Registration.Registry = registry;
        options.Registration.IsRequired = true; // It is in the registry when it has started.
        await using RpcServer server = new RpcServer(options).AddService<IPing>(new Ping("a"));
        await server.StartAsync();
        ServiceRecord before = Assert.Single(registry.Records);
        await using RpcClient client = RpcClient.Create(server.Addresses[0].ToString());

        await server.DeregisterAsync();
        Assert.Empty(registry.Records);
        Assert.Null(server.RegistrationState);
        Assert.Equal("a", await client.Get<IPing>().WhoAsync());
        await server.DeregisterAsync(); // Again is harmless.

        await server.RegisterAsync();
        Assert.Equal(before, Assert.Single(registry.Records));
        Assert.True(server.RegistrationState?.IsConnected);
        await server.RegisterAsync(); // Again is harmless.
        Assert.Equal(before, Assert.Single(registry.Records));
    }

    [Fact]
    public async Task CallsOverTheDirectoryStayAwayUntilTheServerIsBack()
    {
        await using Fleet fleet = new();
        RpcServer a = await fleet.StartAsync("a");
        await fleet.StartAsync("b");
        await fleet.ReachesAsync("a", "b");
        await a.DeregisterAsync();
        await fleet.ReachesAsync("b");
        await a.RegisterAsync();
        await fleet.ReachesAsync("a", "b");
    }

    [Fact]
    public async Task ARegistryThatDoesNotTakeTheServerIsToldAndNothingIsLeftBehind()
    {
        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        await server.DeregisterAsync();
        fleet.Registry.Fail("it is down");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => server.RegisterAsync());
        Assert.Contains("it is down", error.Message);
        Assert.Null(server.RegistrationState);
        fleet.Registry.Fail(null);
        await server.RegisterAsync();
        Assert.Single(fleet.Registry.Records);
    }

    [Fact]
    public async Task OnlyARunningServerWithARegistryCanRegister()
    {
        await using RpcServer without = new RpcServer(new RpcServerOptions().Listen("memory://")).AddService<IPing>(new Ping("x"));
        Assert.Contains("starting it registers it", (await RefusalAsync(without)).Message);
        await without.DeregisterAsync(); // It is not registered, which is what was asked for.
        await without.StartAsync();
        Assert.Contains("Registration.Registry", (await RefusalAsync(without)).Message);

        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        await server.StopAsync();
        Assert.Contains("is stopped", (await RefusalAsync(server)).Message);
        Assert.Empty(fleet.Registry.Records);

        static Task<InvalidOperationException> RefusalAsync(RpcServer server) =>
            Assert.ThrowsAsync<InvalidOperationException>(() => server.RegisterAsync());
    }
}
