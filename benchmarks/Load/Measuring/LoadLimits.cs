namespace SourceGen.Rpc.Load;

/// <summary>How long the harness waits before it calls something broken.</summary>
internal static class LoadLimits
{
    /// <summary>For the calls in flight when a turn ends, and for an answer of the server process.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    public static LoadException NotDrained(string name, long outstanding) => new(
        $"{name}: {outstanding} calls were not answered within {Drain.TotalSeconds:0} s after the turn. " +
        "Replies were lost, or a side has stopped: run this workload alone with --only and attach a debugger to the server process.");
}
