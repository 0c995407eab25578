namespace SourceGen.Rpc.Transport;

/// <summary>Is told by the <see cref="ReadinessLoop"/> that a wait is over.</summary>
internal interface IReadinessHandler
{
    /// <summary>
    /// The waits for this are over. Runs on the loop's thread, which every other socket waits for: it may hand work on, and nothing else.
    /// </summary>
    void OnReady(Readiness ready);
}
