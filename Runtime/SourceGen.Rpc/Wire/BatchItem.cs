namespace SourceGen.Rpc.Wire;

/// <summary>One piece of user code that a received frame calls for: a handler to run, or a caller's continuation.</summary>
internal abstract class BatchItem(bool runsInCallersContext)
{
    /// <summary>The next free item of an <see cref="ItemPool"/>; the pool's own.</summary>
    internal BatchItem? NextFree { get; set; }

    /// <summary>
    /// Whether the item restores the execution context itself, as an awaiting caller's continuation does. Of others, code that is not
    /// async can leave its AsyncLocal values behind on the thread.
    /// </summary>
    public bool RunsInCallersContext { get; } = runsInCallersContext;

    /// <summary>Runs it. User code may block, throw or take minutes; the method itself never throws.</summary>
    public abstract void Run();
}
