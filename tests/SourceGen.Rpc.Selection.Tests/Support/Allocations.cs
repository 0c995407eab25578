namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>Measures what code allocates.</summary>
internal static class Allocations
{
    /// <summary>
    /// The bytes that something allocates on this thread: the least of some rounds, because what the first one makes once is not the code's,
    /// and neither is what the collector takes of the thread's own share when it runs in between.
    /// </summary>
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
