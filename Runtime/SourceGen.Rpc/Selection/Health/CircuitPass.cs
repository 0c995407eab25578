namespace SourceGen.Rpc.Selection.Health;

/// <summary>
/// That a circuit breaker let a call through. Given back with the call's outcome, it tells a call that was let through to find out from one that
/// was sent before the circuit opened and says nothing new.
/// </summary>
public readonly struct CircuitPass
{
    internal CircuitPass(int turn) => Turn = turn;

    /// <summary>How often the circuit's state had changed.</summary>
    internal int Turn { get; }
}
