using FsCheck;
using SourceGen.Rpc.Benchmarks.Selection.Aperture;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Aperture;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Aperture;

public sealed class ApertureTests
{
    [Fact]
    public void Every_node_gets_the_same_share_of_all_clients() => Prop.ForAll<byte, byte, byte>((c, n, s) =>
    {
        int clients = c + 1;
        int nodes = n + 1;
        int size = (s % 40) + 1;
        double[] load = new double[nodes];
        for (int client = 0; client < clients; client++)
        {
            double[] parts = ApertureRing.Cover(nodes, size, client, clients);
            double width = parts.Sum();
            int called = parts.Count(static part => part > 0);

            // As wide as it is to be, or a distance between two clients more; and what lies in it by a part, at both ends.
            bool isWide = width >= Math.Min(size, nodes) - 1e-9 && width <= Math.Min(nodes, size + ((double)nodes / clients)) + 1e-9;
            if (!isWide || called > Math.Ceiling(width - 1e-9) + 1) return false;
            for (int node = 0; node < nodes; node++) load[node] += parts[node] / width;
        }

        return load.Max() - load.Min() < 1e-9 * clients;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public async Task Clients_have_few_connections_and_servers_equal_loads_also_while_servers_are_replaced(int batch)
    {
        ApertureSimulation simulation = new(clients: 150, servers: 150, size: 16, static client => new AperturePeers(client, 150));
        AperturePhase[] phases = await simulation.RunAsync(simulation.Replace(replaced: 30, batch, inPlace: false, seed: 7));
        Assert.All(phases, static phase =>
        {
            Assert.InRange(phase.MaxConnections, 16, 20);
            Assert.InRange(phase.Busiest, 1, 1.25);
            Assert.InRange(phase.Idlest, 0.75, 1);
        });
    }

    [Fact]
    public async Task Without_a_number_of_their_own_clients_do_not_share_the_load_as_evenly()
    {
        ApertureSimulation simulation = new(clients: 300, servers: 300, size: 16, static client => AperturePeers.FromHash($"client-{client}"));
        AperturePhase phase = Assert.Single(await simulation.RunAsync(simulation.Replace(replaced: 0, batch: 1, inPlace: false, seed: 7)));
        Assert.InRange(phase.MaxConnections, 16, 18);
        Assert.InRange(phase.Busiest, 1.25, 2.5); // What the documents warn of.
    }

    [Fact]
    public async Task A_fleet_that_is_smaller_than_the_aperture_is_called_as_a_whole()
    {
        AperturePeers peers = new(0, 100);
        using Fixture fixture = new(options => options.Aperture = new ApertureOptions { Peers = peers });
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(16));
        Assert.Equal(16, selection.Nodes.Count);
        Assert.True(selection.Nodes.HasEqualWeights);
        fixture.Directory.SetNodes(TestServices.Nodes(50));
        Assert.Equal(16, selection.Nodes.Count);
        Assert.Equal(50, selection.AllNodes.Count);
    }

    [Fact]
    public async Task Other_peers_move_the_aperture()
    {
        AperturePeers peers = AperturePeers.FromIds("b", ["a", "b", "c", "d"]);
        Assert.Equal((1, 4), (peers.Index, peers.Count));
        using Fixture fixture = new(options => options.Aperture = new ApertureOptions { Size = 10, Peers = peers });
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(40));
        string[] before = selection.Nodes.Ids();
        Assert.Equal(10, before.Length);
        Task changed = selection.Changed;
        peers.Update("b", ["b", "c", "d", "e"]);
        Assert.True(changed.IsCompleted);
        Assert.Empty(before.Intersect(selection.Nodes.Ids()));
        peers.Update("b", ["b", "c"]);
        Assert.Equal(20, selection.Nodes.Count); // Two clients must reach all forty.
    }

    [Fact]
    public async Task A_node_at_the_edge_gets_its_part_and_one_that_warms_up_its_part_of_that()
    {
        AperturePeers peers = new(0, 3);
        using Fixture fixture = new(options => options.Aperture = new ApertureOptions { Size = 2, Peers = peers });
        DateTimeOffset start = fixture.Clock.GetUtcNow() - TimeSpan.FromMinutes(5);
        ServiceNode[] nodes = TestServices.Nodes(10);
        using Selection selection = await fixture.SelectAsync(nodes);
        Assert.Equal([1000, 1000, 1000, 333], selection.Nodes.Weights.ToArray()); // A third of the ring.
        int index = selection.Nodes.Nodes.IndexOf(selection.Nodes[3]);
        string edge = selection.Nodes[index].Instance.Node.Id;
        int id = int.Parse(edge["node-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        nodes[id] = TestServices.Started(id, start);
        fixture.Directory.SetNodes(nodes);
        Assert.Equal([1000, 1000, 1000, 167], selection.Nodes.Weights.ToArray());
    }

    [Fact]
    public void There_is_no_client_beyond_the_last_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AperturePeers(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AperturePeers(0, 0));
        Assert.Contains("Size is 0", Assert.Throws<ArgumentException>(() => new ApertureOptions { Size = 0, Peers = new AperturePeers(0, 1) }.Validate()).Message, StringComparison.Ordinal);
    }
}
