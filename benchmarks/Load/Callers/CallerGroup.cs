using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>All callers of one workload, sharing one service proxy.</summary>
internal sealed class CallerGroup
{
    private readonly string _name;
    private readonly Caller[] _callers;

    /// <param name="name">What errors call it.</param>
    /// <param name="workload">How many callers, and what they call.</param>
    /// <param name="service">What they call it on.</param>
    public CallerGroup(string name, Workload workload, ILoadService service)
    {
        _name = name;
        var numbers = new SharedNumber();
        _callers = new Caller[workload.Callers];
        for (int i = 0; i < _callers.Length; i++) _callers[i] = Create(workload, service, numbers, i);
    }

    /// <inheritdoc cref="IContender.Run"/>
    public LoadSample Run(TimeSpan duration)
    {
        foreach (Caller caller in _callers) caller.Clear();
        var latencies = new LatencyHistogram();
        var round = new CallerRound();
        Task[] running = new Task[_callers.Length];
        long start = Stopwatch.GetTimestamp();
        // On the pool, where an application's calls come from too; a call answered at once would else keep this thread in the loop.
        for (int i = 0; i < running.Length; i++)
        {
            Caller caller = _callers[i];
            running[i] = Task.Run(() => caller.RunAsync(round));
        }

        Thread.Sleep(duration);
        long inTime = _callers.Sum(static c => c.Answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        round.End();
        WaitForAll(running);
        foreach (Caller caller in _callers) latencies.Merge(caller.Latencies);
        return new LoadSample(_callers.Sum(static c => c.Answered), inTime, elapsed, latencies);
    }

    private void WaitForAll(Task[] running)
    {
        try
        {
            if (!Task.WaitAll(running, LoadLimits.Drain)) throw LoadLimits.NotDrained(_name, running.Count(static t => !t.IsCompleted));
        }
        catch (AggregateException e)
        {
            Exception first = e.InnerExceptions[0];
            throw new LoadException($"{_name}: {e.InnerExceptions.Count} of {running.Length} callers failed, the first with: {first.Message}", first);
        }
    }

    private static Caller Create(Workload workload, ILoadService service, SharedNumber numbers, int i) => workload.Kind switch
    {
        CallKind.Add => new Caller<AddOperation, int>(new AddOperation(service, i), i, workload.SampleEvery),
        CallKind.Echo => new Caller<EchoOperation, EchoMessage>(new EchoOperation(service, i, workload.Payload), i, workload.SampleEvery),
        CallKind.SometimesBlock =>
            new Caller<SometimesBlockOperation, int>(new SometimesBlockOperation(service, numbers), i, workload.SampleEvery),
        _ => throw new ArgumentOutOfRangeException(nameof(workload), workload.Kind, "The workload calls a method that no caller is written for."),
    };
}
