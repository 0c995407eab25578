using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>Reads one endless stream from the server for each turn.</summary>
internal sealed class StreamDownCaller(ILoadService service) : Caller
{
    public override async Task RunAsync(CallerTurn turn)
    {
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (LoadItem item in service.DownAsync(CancellationToken.None))
        {
            if (next == 0) Latencies.Record(Stopwatch.GetTimestamp() - start);
            LoadData.Check(item, next++);
            CountAnswer();
            if (turn.IsOver) break;
        }
    }
}
