using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>Reads one endless stream from the server for each turn.</summary>
/// <param name="begin">Asks for the stream.</param>
internal sealed class StreamDownCaller(Func<CancellationToken, IAsyncEnumerable<LoadItem>> begin) : Caller
{
    public override async Task RunAsync(CallerTurn turn)
    {
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (LoadItem item in begin(CancellationToken.None))
        {
            if (next == 0) Latencies.Record(Stopwatch.GetTimestamp() - start);
            LoadData.Check(item, next++);
            CountAnswer();
            if (turn.IsOver) break;
        }
    }
}
