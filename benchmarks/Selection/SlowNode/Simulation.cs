using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>
/// Calls among nodes of which one is slow, event by event in virtual time, through the balancers and node states that programs use. The
/// same scenario gives the same outcome in every run.
/// </summary>
/// <remarks>
/// Calls come as a Poisson process and each is made by one of the clients at random. A node serves a fixed number of calls at a time;
/// others wait in order of arrival. A caller gives up at its deadline, which counts as a failure of the node, and a call that nobody waits
/// for is not begun any more. Nothing is tried again.
/// </remarks>
public sealed class Simulation
{
    private readonly Scenario _scenario;
    private readonly Random _random;
    private readonly VirtualTime _time = new();
    private readonly IBalancer[] _balancers;
    private readonly NodeSet[] _nodes;
    private readonly Queue<Call>[] _waiting;
    private readonly int[] _busy;
    private readonly PriorityQueue<Call, (double Time, long Order)> _served = new();
    private readonly Queue<Call> _deadlines = new();
    private readonly double[] _latencies;
    private int _slowCalls;
    private long _order;

    private Simulation(string balancer, Scenario scenario)
    {
        _scenario = scenario;
        _random = new Random(scenario.Seed);
        _latencies = new double[scenario.Calls];
        _waiting = [.. Enumerable.Range(0, scenario.Nodes).Select(static _ => new Queue<Call>())];
        _busy = new int[scenario.Nodes];
        _balancers = [.. Enumerable.Range(0, scenario.Clients).Select(client => Balancers.Create(
            balancer, new BalancerOptions { Seed = scenario.Seed * 1_000 + client, TimeProvider = _time }))];
        var record = new ServiceRecord("Shop.Greeter");
        _nodes = [.. Enumerable.Range(0, scenario.Clients).Select(_ => new NodeSet([.. Enumerable.Range(0, scenario.Nodes).Select(
            id => new NodeState(new ServiceInstance(record, new ServiceNode($"node-{id}", $"tcp://10.0.0.{id + 1}:5000")), id))]))];
    }

    /// <summary>Simulates.</summary>
    /// <param name="balancer">The name of the balancer.</param>
    /// <param name="scenario">What is simulated.</param>
    public static Outcome Run(string balancer, Scenario scenario)
    {
        var simulation = new Simulation(balancer, scenario);
        simulation.Run();
        return Outcome.Of(balancer, simulation._latencies, scenario.Deadline, simulation._slowCalls);
    }

    private void Run()
    {
        double meanGap = 1 / (_scenario.Utilisation * _scenario.Capacity);
        double arrival = 0;
        for (int number = -_scenario.WarmUp; number < _scenario.Calls; number++)
        {
            arrival -= meanGap * Math.Log(1 - _random.NextDouble());
            AdvanceTo(arrival);
            Arrive(number);
        }

        AdvanceTo(double.PositiveInfinity);
    }

    private void Arrive(int number)
    {
        int client = _random.Next(_scenario.Clients);
        var request = new PickRequest { Key = (ulong)_random.NextInt64() };
        double service = ServiceTime();
        int node = _balancers[client].Pick(_nodes[client], request);
        if (node == 0) service *= _scenario.Slowdown;
        if (node == 0 && number >= 0) _slowCalls++;
        var call = new Call(_nodes[client][node], node, _time.Seconds, service, number);
        call.State.BeginCall();
        _deadlines.Enqueue(call);
        _waiting[node].Enqueue(call);
        Serve(node);
    }

    /// <summary>Log-normal, by Box and Muller's method.</summary>
    private double ServiceTime()
    {
        double sigma = _scenario.ServiceSigma;
        double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return _scenario.MeanService * Math.Exp(sigma * normal - sigma * sigma / 2);
    }

    private void AdvanceTo(double time)
    {
        while (true)
        {
            while (_deadlines.TryPeek(out Call? over) && over.IsOver) _deadlines.Dequeue();
            double nextServed = _served.TryPeek(out _, out (double Time, long Order) served) ? served.Time : double.PositiveInfinity;
            double nextDeadline = _deadlines.TryPeek(out Call? oldest) ? oldest.Start + _scenario.Deadline : double.PositiveInfinity;
            double next = Math.Min(nextServed, nextDeadline);
            if (next > time || double.IsPositiveInfinity(next)) break;

            _time.Seconds = next;
            if (nextServed <= nextDeadline)
            {
                Call call = _served.Dequeue();
                if (!call.IsOver) End(call, CallOutcome.Success);
                _busy[call.Node]--;
                Serve(call.Node);
            }
            else
            {
                End(_deadlines.Dequeue(), CallOutcome.Failure);
            }
        }

        if (!double.IsPositiveInfinity(time)) _time.Seconds = time;
    }

    private void Serve(int node)
    {
        while (_busy[node] < _scenario.Workers && _waiting[node].TryDequeue(out Call? call))
        {
            if (call.IsOver) continue;
            _busy[node]++;
            _served.Enqueue(call, (_time.Seconds + call.Service, _order++));
        }
    }

    private void End(Call call, CallOutcome outcome)
    {
        call.IsOver = true;
        double latency = outcome == CallOutcome.Success ? _time.Seconds - call.Start : _scenario.Deadline;
        if (call.Number >= 0) _latencies[call.Number] = latency;
        call.State.EndCall(VirtualTime.Ticks(latency), outcome, _time.GetTimestamp());
    }
}
