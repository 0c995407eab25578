namespace SourceGen.Rpc.Selection;

/// <summary>Why a node gets no calls for a while.</summary>
public enum EjectionReason
{
    /// <summary>Calls to it failed, one after the other.</summary>
    ConsecutiveFailures,

    /// <summary>A smaller share of its calls succeeds than of other nodes'.</summary>
    SuccessRate,

    /// <summary>Its calls take longer than other nodes'.</summary>
    Latency,

    /// <summary>It was asked for its health, and said that it is not well.</summary>
    Probe,
}
