using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>Sends one stream to the server for each turn.</summary>
internal sealed class StreamUpCaller(ILoadService service) : Caller
{
    public override async Task RunAsync(CallerTurn turn)
    {
        long start = Stopwatch.GetTimestamp();
        long taken = await service.UpAsync(ProduceAsync(turn));
        Latencies.Record(Stopwatch.GetTimestamp() - start);
        if (taken != Answered) throw new LoadException($"The server took {taken:N0} of {Answered:N0} items.");
    }

    private async IAsyncEnumerable<LoadItem> ProduceAsync(CallerTurn turn)
    {
        await Task.CompletedTask;
        for (int i = 0; !turn.IsOver || i == 0; i++)
        {
            CountAnswer();
            yield return LoadData.CreateItem(i);
        }
    }
}
