namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>Waits for what other threads are about to do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until something is so.</summary>
    public static async Task Is(Func<bool> condition, string what)
    {
        long start = Environment.TickCount64;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 - start < s_patience.TotalMilliseconds, $"Still not so: {what}");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits for a task, and not for ever.</summary>
    public static async Task Done(Task task) => await task.WaitAsync(s_patience);

    /// <summary>Waits for a task, and not for ever.</summary>
    public static async Task<T> Done<T>(Task<T> task) => await task.WaitAsync(s_patience);
}
