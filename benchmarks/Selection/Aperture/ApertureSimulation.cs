using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Benchmarks.Selection.Aperture;

/// <summary>
/// A fleet of clients, each with a selector of its own as in a program of its own, calls a fleet of servers of which some are replaced. Nothing
/// is random but what the seed says, and no clock is looked at.
/// </summary>
/// <param name="clients">How many clients.</param>
/// <param name="servers">How many servers.</param>
/// <param name="size">The aperture's size; 0 for none.</param>
/// <param name="peers">What each client knows of its place; its number is given.</param>
internal sealed class ApertureSimulation(int clients, int servers, int size, Func<int, AperturePeers> peers)
{
    /// <summary>Calls of a client in each phase: many for each of its servers.</summary>
    private const int Calls = 400;

    private const string Service = "Shop.Greeter";
    private static readonly ServiceUrl s_condition = ServiceUrl.Parse($"consumer://localhost/{Service}");

    /// <summary>Runs it.</summary>
    /// <param name="steps">The servers of each step: their addresses.</param>
    public async Task<AperturePhase[]> RunAsync(IReadOnlyList<string[]> steps)
    {
        ServiceSnapshot[] snapshots = [.. steps.Select(Describe)];
        Dictionary<string, long>[] load = [.. steps.Select(static step => step.ToDictionary(static address => address, static _ => 0L))];
        long[] connections = new long[steps.Count];
        int[] most = new int[steps.Count];
        long[] opened = new long[steps.Count];
        for (int client = 0; client < clients; client++)
        {
            SimulatedDirectory directory = new(snapshots[0]);
            using Selector selector = new(directory, CreateOptions(client));
            using SourceGen.Rpc.Selection.Selection selection = selector.Select(s_condition);
            await selection.NextAsync(default).ConfigureAwait(false);
            HashSet<string> connected = [];
            for (int step = 0; step < steps.Count; step++)
            {
                if (step > 0) directory.Tell(snapshots[step]);
                HashSet<string> now = [.. selection.Nodes.Nodes.ToArray().Select(static node => node.Instance.Node.Address)];
                opened[step] += now.Count(address => !connected.Contains(address));
                connected = now;
                connections[step] += now.Count;
                most[step] = Math.Max(most[step], now.Count);
                for (int call = 0; call < Calls; call++)
                {
                    if (!selection.TryNext(default, out NodeState? node)) throw new InvalidOperationException("There is nobody to call.");
                    load[step][node.Instance.Node.Address]++;
                }
            }
        }

        return [.. steps.Select((step, i) =>
        {
            double mean = (double)clients * Calls / step.Length;
            return new AperturePhase(
                step.Length, (double)connections[i] / clients, most[i], load[i].Values.Max() / mean, load[i].Values.Min() / mean, opened[i]);
        })];
    }

    /// <summary>The servers as they are one after the other when some are replaced: those of a batch go, and as many come.</summary>
    /// <param name="replaced">How many are replaced in all.</param>
    /// <param name="batch">How many at a time.</param>
    /// <param name="inPlace">Whether those that come have the addresses of those that went.</param>
    /// <param name="seed">Decides which.</param>
    public List<string[]> Replace(int replaced, int batch, bool inPlace, int seed)
    {
        Random random = new(seed);
        List<string> current = [.. Enumerable.Range(0, servers).Select(static server => Address(server))];
        string[] leaving = [.. current];
        random.Shuffle(leaving);
        List<string[]> steps = [[.. current]];
        for (int done = 0; done < replaced; done += batch)
        {
            string[] gone = leaving[done..Math.Min(done + batch, replaced)];
            current.RemoveAll(gone.Contains);
            steps.Add([.. current]);
            current.AddRange(inPlace ? gone : gone.Select((_, i) => Address(servers + done + i)));
            steps.Add([.. current]);
        }

        return steps;
    }

    private static string Address(int server) => $"tcp://10.{server / 62_500}.{server / 250 % 250}.{server % 250}:5000";

    private static ServiceSnapshot Describe(string[] addresses)
    {
        ServiceRecord record = new(Service) { Nodes = [.. addresses.Select(static address => new ServiceNode(address, address))] };
        return new ServiceSnapshot(Service, 1, [record], previous: null, isStale: false, DateTimeOffset.UnixEpoch);
    }

    private SelectorOptions CreateOptions(int client) =>
        size == 0 ? new SelectorOptions() : new SelectorOptions { Aperture = new ApertureOptions { Size = size, Peers = peers(client) } };
}
