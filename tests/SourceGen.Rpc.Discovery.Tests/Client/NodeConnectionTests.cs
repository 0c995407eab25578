using System.Net;
using System.Net.NetworkInformation;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Client;

/// <summary>When connections to servers are opened and closed.</summary>
public sealed class NodeConnectionTests
{
    [Fact]
    public async Task AServerIsConnectedToWhenACallIsToGoThere_AndNotBefore()
    {
        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        IPing ping = fleet.Client.Get<IPing>();
        Assert.Equal(0, ConnectionsTo(server));
        Assert.Equal("a", await ping.WhoAsync());
        Assert.Equal(1, ConnectionsTo(server));
    }

    [Fact]
    public async Task TheConnectionIsClosedWhenTheServerLeavesTheRegistry_AndServesOn()
    {
        await using Fleet fleet = new();
        RpcServer leaving = await fleet.StartAsync("a");
        await fleet.StartAsync("b");
        await fleet.ReachesAsync("a", "b");
        await leaving.DeregisterAsync();
        await Eventually.Is(() => ConnectionsTo(leaving) == 0, "its connection is closed");
        for (int i = 0; i < 20; i++) Assert.Equal("b", await fleet.Client.Get<IPing>().WhoAsync());
    }

    [Fact]
    public async Task AServerWithManyCallsInFlightGetsFurtherConnections_AsManyAsAreAllowed()
    {
        await using Fleet fleet = new(static options =>
        {
            options.MaxConnectionsPerServer = 3;
            options.CallsPerConnection = 2;
        });
        RpcServer server = await fleet.StartAsync("a");
        await fleet.ReachesAsync("a");
        Assert.Equal(1, ConnectionsTo(server));
        IPing ping = fleet.Client.Get<IPing>();
        List<Task<string>> calls = [];
        await Eventually.Is(
            () =>
            {
                if (calls.Count < 200) calls.Add(ping.WaitAsync().AsTask());
                return ConnectionsTo(server) == 3;
            },
            "there are three connections");
        for (int i = 0; i < 20; i++) calls.Add(ping.WaitAsync().AsTask());
        Assert.Equal(3, ConnectionsTo(server));
        fleet.Services["a"].Gate.SetResult();
        Assert.All(await Eventually.Done(Task.WhenAll(calls)), static answer => Assert.Equal("a", answer));
    }

    private static int ConnectionsTo(RpcServer server)
    {
        IPEndPoint address = IPEndPoint.Parse(server.Addresses[0].Rest);
        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Count(connection => connection.LocalEndPoint.Equals(address) && connection.State == TcpState.Established);
    }
}
