using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>A client that is given a socket's address, and the server is in its own process.</summary>
public sealed class PreferInProcessTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0", "127.0.0.1")]
    [InlineData("tcp://0.0.0.0:0", "127.0.0.1")]
    [InlineData("tcp://0.0.0.0:0", "localhost")]
    public async Task A_server_of_the_process_is_found_by_its_address(string listen, string host)
    {
        await using LabHost server = await LabHost.StartAsync(listen);
        string address = $"tcp://{host}:{server.Address[(server.Address.LastIndexOf(':') + 1)..]}";
        await using RpcClient client = await RpcClient.ConnectAsync(address, Preferring()).Soon();
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
        Assert.Equal("inproc", LabHost.ConnectionOf(client).RemoteAddress.Scheme);
        Assert.Equal(address, client.Address!.ToString());
    }

    [Fact]
    public async Task Nobody_is_called_within_the_process_who_does_not_want_it()
    {
        await using LabHost server = await LabHost.StartAsync();
        RpcClient client = await server.ConnectAsync();
        Assert.Equal("tcp", LabHost.ConnectionOf(client).RemoteAddress.Scheme);
    }

    [Fact]
    public async Task Another_server_at_the_address_of_one_that_has_stopped_is_called_where_it_is()
    {
        LabHost first = await LabHost.StartAsync();
        string address = first.Address;
        await using RpcClient client = await RpcClient.ConnectAsync(address, Preferring()).Soon();
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
        await first.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(address, Preferring()).Soon());
        Assert.Contains(address, error.Message);

        await using LabHost second = await LabHost.StartAsync(address);
        Assert.Equal(7, await client.Get<ILab>().AddAsync(3, 4).Soon());
        Assert.Equal("inproc", LabHost.ConnectionOf(client).RemoteAddress.Scheme);
    }

    private static RpcClientOptions Preferring() => LabHost.Patient(static options => options.PreferInProcess = true);
}
