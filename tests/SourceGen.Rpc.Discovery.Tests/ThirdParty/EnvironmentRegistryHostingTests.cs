using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.Samples.Registry;

namespace SourceGen.Rpc.Discovery.Tests.ThirdParty;

/// <summary>What docs/registries.md says of choosing a registry of one's own by its address.</summary>
public sealed class EnvironmentRegistryHostingTests
{
    [Fact]
    public async Task ItsProviderInTheContainerLetsAnAddressChooseIt()
    {
        await using RpcServer server = new RpcServer(new RpcServerOptions().Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("found"));
        await server.StartAsync();
        string prefix = $"HOSTED_{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + NameOf<IPing>(), server.Addresses[0].ToString());
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IRegistryProvider, EnvironmentRegistryProvider>();
        builder.Services.AddRpcRegistry($"environment://{prefix}");
        builder.Services.AddRpcClient<IPing>();
        using IHost host = builder.Build();
        await host.StartAsync();
        Assert.Equal("found", await host.Services.GetRequiredService<IPing>().WhoAsync());
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static string NameOf<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> => TService.Contract.Name;
}
