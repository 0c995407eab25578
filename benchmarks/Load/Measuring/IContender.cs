namespace SourceGen.Rpc.Load;

/// <summary>
/// One way to carry a workload: the RPC, or bare sockets. All members are called from the process's main thread and block it, so that
/// the measurement itself never waits for, or takes up, a thread of the pool that is being measured.
/// </summary>
internal interface IContender : IDisposable
{
    /// <summary>What the figures are listed under.</summary>
    string Name { get; }

    /// <summary>Makes ready for a turn; what this allocates or computes is not measured.</summary>
    void Open();

    /// <summary>Keeps all callers calling for <paramref name="duration"/>, then waits for the calls in flight.</summary>
    /// <param name="duration">How long calls are started.</param>
    /// <exception cref="LoadException">A call failed or was not answered.</exception>
    LoadSample Run(TimeSpan duration);

    /// <summary>
    /// Ends a turn: nothing of this contender may use the processor until the next <see cref="Open"/>. A connection that sleeps
    /// while it is idle stays open, so that buffers, pools and TCP's windows keep the size they have grown to.
    /// </summary>
    void Close();
}
