namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>
/// Opens a gate that handlers wait for when the test is over, also when it has failed: the subscription, which is disposed of after it, waits for them, and the
/// failure would be a hang.
/// </summary>
/// <param name="gate">The gate.</param>
public readonly struct Opening(TaskCompletionSource gate) : IDisposable
{
    /// <summary>Opens it.</summary>
    public void Dispose() => gate.TrySetResult();
}
