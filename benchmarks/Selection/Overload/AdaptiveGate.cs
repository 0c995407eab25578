using SourceGen.Rpc.Server.Overload;

namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>The server's own limiter.</summary>
internal sealed class AdaptiveGate : ICallGate
{
    private readonly OverloadSimulation _simulation;
    private readonly MethodLatency _method;

    public AdaptiveGate(OverloadSimulation simulation, Action<RpcAdaptiveLimit>? configure = null)
    {
        _simulation = simulation;
        RpcAdaptiveLimit options = new() { TimeProvider = simulation.Clock, MinLimit = 1 };
        configure?.Invoke(options);
        options.Validate();
        Limiter = new AdaptiveLimiter(options, static call => call.Run(), call => simulation.Refuse((OverloadSimulation.Call)call));
        _method = Limiter.Track();
    }

    public AdaptiveLimiter Limiter { get; }

    public void Arrive(OverloadSimulation.Call call)
    {
        call.Ticket = new CallTicket { Latency = _method, Priority = call.Priority, Size = 100 };
        if (!Limiter.TryEnter(ref call.Ticket, (long)call.RemainingMs))
        {
            _simulation.Refuse(call);
        }
        else if (call.Ticket.Waits)
        {
            call.Waited = true;
            Limiter.Wait(call);
        }
        else
        {
            _simulation.Run(call);
        }
    }

    public void Leave(OverloadSimulation.Call call) => Limiter.Exit(call.Ticket);
}
