namespace SourceGen.Rpc.Selection.Health;

/// <summary>Whether a circuit breaker lets calls through.</summary>
public enum CircuitState
{
    /// <summary>All calls are let through.</summary>
    Closed,

    /// <summary>None is.</summary>
    Open,

    /// <summary>A few are, to find out whether the others may follow.</summary>
    HalfOpen,
}
