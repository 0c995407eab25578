namespace SourceGen.Rpc.InProcess;

/// <summary>The execution context of code that nobody called: what handlers of calls from elsewhere begin with.</summary>
internal static class CleanContext
{
    /// <summary>The context, without any AsyncLocal values.</summary>
    public static ExecutionContext Value { get; } = Capture();

    private static ExecutionContext Capture()
    {
        ExecutionContext? clean = null;
        Thread thread = new(() => clean = ExecutionContext.Capture()) { IsBackground = true, Name = "SourceGen.Rpc context" };
        thread.UnsafeStart(); // Without the context of whoever asks first.
        thread.Join();
        return clean!;
    }
}
