namespace SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;

/// <summary>Waits for what a test can only look at.</summary>
internal static class Waiting
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        long start = Environment.TickCount64;
        while (!await isSo())
        {
            Assert.True(Environment.TickCount64 - start < s_patience.TotalMilliseconds, $"It did not come about within {s_patience}: {what}");
            await Task.Delay(10);
        }
    }
}
