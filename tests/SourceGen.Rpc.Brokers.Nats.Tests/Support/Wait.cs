namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>Waits for what cannot be awaited.</summary>
internal static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(isSo, () => what);

    public static async Task UntilAsync(Func<bool> isSo, Func<string> what)
    {
        long start = Environment.TickCount64;
        while (!isSo())
        {
            if (Environment.TickCount64 - start >= Patience.TotalMilliseconds) Assert.Fail($"It did not happen: {what()}");
            await Task.Delay(5);
        }
    }
}
