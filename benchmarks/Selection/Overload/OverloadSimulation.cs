using SourceGen.Rpc.Server.Overload;

namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>
/// A server in virtual time: calls arrive at random, in batches as connections bring them, pass an <see cref="ICallGate"/>, and are run by a
/// number of workers, in the order in which they were let in.
/// </summary>
internal sealed class OverloadSimulation
{
    private readonly Random _random;
    private readonly Func<Random, double> _service;
    private readonly Queue<Call> _ready = new();
    private readonly ICallGate _gate;
    private int _idle;

    /// <param name="seed">Of all that is random.</param>
    /// <param name="workers">How many calls make progress at once: processors, or connections to a database.</param>
    /// <param name="service">How many seconds a worker has to do with a call.</param>
    /// <param name="gate">Lets calls in; null for all of them at once.</param>
    public OverloadSimulation(int seed, int workers, Func<Random, double> service, Func<OverloadSimulation, ICallGate>? gate = null)
    {
        _random = new Random(seed);
        _idle = workers;
        _service = service;
        _gate = gate?.Invoke(this) ?? new OpenGate(this);
    }

    public VirtualClock Clock { get; } = new();

    /// <summary>Multiplies what workers have to do: a dependency that has become slower.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Seconds that each call took that was answered since this was cleared, by priority.</summary>
    public List<(RpcPriority Priority, double Seconds)> Answered { get; } = [];

    /// <summary>Calls that were refused since this was cleared, by priority.</summary>
    public Dictionary<RpcPriority, int> Refused { get; } = [];

    /// <summary>Calls that left the gate's queue to be run although their deadline had passed.</summary>
    public int RanTooLate { get; private set; }

    /// <summary>Has calls arrive for a time.</summary>
    /// <param name="perSecond">How many calls a second.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="batch">How many arrive together.</param>
    /// <param name="timeout">How long their callers wait; infinite for as long as it takes.</param>
    /// <param name="priority">How important a call is; default for all alike.</param>
    public void Offer(
        double perSecond, double seconds, int batch = 1, double timeout = double.PositiveInfinity, Func<Random, RpcPriority>? priority = null)
    {
        double end = Clock.Now + seconds;
        Next();
        Clock.RunUntil(end);

        void Next()
        {
            double wait = -Math.Log(1 - _random.NextDouble()) * batch / perSecond;
            if (Clock.Now + wait >= end) return;
            Clock.After(wait, () =>
            {
                for (int i = 0; i < batch; i++)
                {
                    RpcPriority importance = priority?.Invoke(_random) ?? RpcPriority.Default;
                    _gate.Arrive(new Call(this, Clock.Now, Clock.Now + timeout) { Priority = importance });
                }

                Next();
            });
        }
    }

    /// <summary>Forgets what was measured.</summary>
    public void Clear()
    {
        Answered.Clear();
        Refused.Clear();
    }

    /// <summary>What a share of the answered calls took at most, in seconds.</summary>
    public double Percentile(double share)
    {
        double[] sorted = [.. Answered.Select(static call => call.Seconds).Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
    }

    /// <summary>A call was let in.</summary>
    public void Run(Call call)
    {
        if (call is { Waited: true, IsGivenUp: true }) RanTooLate++;
        _ready.Enqueue(call);
        Work();
    }

    /// <summary>A call was refused.</summary>
    public void Refuse(Call call) => Refused[call.Priority] = Refused.GetValueOrDefault(call.Priority) + 1;

    private void Work()
    {
        while (_idle > 0 && _ready.TryDequeue(out Call? call))
        {
            _idle--;
            double seconds = call.IsGivenUp ? 0 : _service(_random) * Slowness; // A server looks before it runs a handler.
            Clock.After(seconds, () =>
            {
                _idle++;
                if (!call.IsGivenUp) Answered.Add((call.Priority, Clock.Now - call.Arrived));
                _gate.Leave(call);
                Work();
            });
        }
    }

    /// <summary>One call.</summary>
    internal sealed class Call(OverloadSimulation simulation, double arrived, double deadline) : WaitingCall
    {
        public double Arrived => arrived;

        public double RemainingMs => double.IsInfinity(deadline) ? -1 : (deadline - simulation.Clock.Now) * 1000;

        public RpcPriority Priority { get; init; }

        /// <summary>Whether it was in the gate's queue.</summary>
        public bool Waited { get; set; }

        public override bool IsGivenUp => simulation.Clock.Now >= deadline;

        public override void Run() => simulation.Run(this);
    }

    private sealed class OpenGate(OverloadSimulation simulation) : ICallGate
    {
        public void Arrive(Call call) => simulation.Run(call);

        public void Leave(Call call)
        {
        }
    }
}
