namespace SourceGen.Rpc.Load;

/// <summary>A counter that all callers of a workload share.</summary>
internal sealed class SharedNumber
{
    private int _last;

    public int Next() => Interlocked.Increment(ref _last);
}
