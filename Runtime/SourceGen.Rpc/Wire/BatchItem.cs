namespace SourceGen.Rpc.Wire;

/// <summary>One piece of user code that a received frame calls for: a handler to run, or a caller's continuation.</summary>
internal abstract class BatchItem
{
    /// <summary>The next free item of an <see cref="ItemPool"/>; the pool's own.</summary>
    internal BatchItem? NextFree { get; set; }

    /// <summary>Runs it. User code may block, throw or take minutes; the method itself never throws.</summary>
    public abstract void Run();
}
