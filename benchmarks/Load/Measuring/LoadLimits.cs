namespace SourceGen.Rpc.Load;

/// <summary>How long the harness waits before it calls something broken.</summary>
internal static class LoadLimits
{
    /// <summary>For the calls in flight when a turn ends, and for an answer of the server process.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    /// <summary>What both sides accept and hold: the largest message of a workload, and a little.</summary>
    public const int MessageSize = 128 * 1024 * 1024;

    /// <summary>Lets a connection carry the largest messages.</summary>
    public static void Apply(RpcLimits limits)
    {
        limits.MaxMessageSize = MessageSize;
        limits.MaxReassemblySize = 2L * MessageSize;
    }

    public static LoadException NotDrained(string name, long outstanding) => new(
        $"{name}: {outstanding} calls were not answered within {Drain.TotalSeconds:0} s after the turn. " +
        "Replies were lost, or a side has stopped: run this workload alone with --only and attach a debugger to the server process.");
}
