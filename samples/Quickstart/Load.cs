using System.Diagnostics;

namespace Quickstart;

/// <summary>Many small calls: one per line, over and over, by a fixed number of callers that each wait for their answer.</summary>
public static class Load
{
    /// <summary>Counts every line once.</summary>
    /// <returns>The words of all lines.</returns>
    public static async Task<long> CountOnceAsync(ITextAnalysis service, string[] lines, int callers)
    {
        int next = -1;
        long words = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            long own = 0;
            for (int index; (index = Interlocked.Increment(ref next)) < lines.Length;) own += await service.CountWordsAsync(lines[index]);
            Interlocked.Add(ref words, own);
        }));
        return words;
    }

    /// <summary>Calls for a while.</summary>
    /// <returns>How long each call took, and how long all took together.</returns>
    public static async Task<(Latencies Latencies, TimeSpan Elapsed)> RunAsync(ITextAnalysis service, string[] lines, int callers, TimeSpan duration)
    {
        long started = Stopwatch.GetTimestamp();
        long end = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        Latencies[] each = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CallAsync(caller * lines.Length / callers)));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Latencies all = new();
        foreach (Latencies one in each) all.Add(one);
        return (all, elapsed);

        async Task<Latencies> CallAsync(int index)
        {
            Latencies latencies = new();
            for (long now = started; now < end; now = Stopwatch.GetTimestamp())
            {
                now = Stopwatch.GetTimestamp();
                await service.CountWordsAsync(lines[index]);
                latencies.Record(now);
                if (++index == lines.Length) index = 0;
            }

            return latencies;
        }
    }
}
