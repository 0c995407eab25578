namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>A limit without a queue, told the mean time of the calls of each window: what concurrency-limits calls a windowed limit.</summary>
/// <param name="simulation">The server.</param>
/// <param name="initial">The limit to begin with.</param>
/// <param name="update">From the limit, the mean seconds of a window and the most calls that ran meanwhile: the next limit.</param>
internal sealed class WindowedGate(OverloadSimulation simulation, double initial, Func<double, double, int, double> update) : ICallGate
{
    private const double Window = 0.1;

    private int _running;
    private int _peak;
    private int _calls;
    private double _seconds;
    private double _ends = Window;

    public double Limit { get; private set; } = initial;

    public void Arrive(OverloadSimulation.Call call)
    {
        if (_running >= (int)Limit)
        {
            simulation.Refuse(call);
            return;
        }

        _peak = Math.Max(_peak, ++_running);
        simulation.Run(call);
    }

    public void Leave(OverloadSimulation.Call call)
    {
        _running--;
        _calls++;
        _seconds += simulation.Clock.Now - call.Arrived;
        if (simulation.Clock.Now < _ends || _calls < 10) return;
        Limit = update(Limit, _seconds / _calls, _peak);
        (_calls, _seconds, _peak) = (0, 0, _running);
        _ends = simulation.Clock.Now + Window;
    }
}
