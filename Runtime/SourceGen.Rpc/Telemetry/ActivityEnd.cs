using System.Diagnostics;

namespace SourceGen.Rpc.Telemetry;

/// <summary>Ends activities from code that is not theirs.</summary>
internal static class ActivityEnd
{
    /// <summary>
    /// Stops an activity on a thread that does something else: its current activity stays what it is, where stopping would put the one
    /// there that was current when this one was started.
    /// </summary>
    /// <returns>How long it took.</returns>
    public static TimeSpan StopAside(this Activity activity)
    {
        ExecutionContext? context = ExecutionContext.Capture();
        activity.Stop();
        if (context is not null) ExecutionContext.Restore(context);
        return activity.Duration;
    }
}
