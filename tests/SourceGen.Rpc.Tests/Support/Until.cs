using System.Diagnostics;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>Waits for something that must come about, and fails when it does not; how long it takes does not matter.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition, Func<string> complaint)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Waiting.Limit)
                Assert.Fail($"Still after {Waiting.Limit.TotalSeconds} s: {complaint()}.");
            await Task.Delay(1);
        }
    }
}
