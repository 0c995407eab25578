using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Selection.Health;

/// <summary>Calls that ended on one of several processors, a cache line of its own.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct HealthCell
{
    public long Successes;
    public long Failures;

    /// <summary>How long the successes took, in the ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Elapsed;
}
