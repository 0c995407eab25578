using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>All callers of one workload, sharing one service proxy.</summary>
internal sealed class CallerGroup
{
    private readonly string _name;
    private readonly Caller[] _callers;
    private readonly Task[] _running;
    private LatencyHistogram _latencies = new();
    private CallerTurn _turn = new();

    /// <param name="name">What errors call it.</param>
    /// <param name="workload">How many callers, and what they call.</param>
    /// <param name="service">What they call it on.</param>
    public CallerGroup(string name, Workload workload, ILoadService service)
        : this(name, CreateAll(workload, service))
    {
    }

    /// <param name="name">What errors call it.</param>
    /// <param name="callers">The callers.</param>
    public CallerGroup(string name, Caller[] callers)
    {
        _name = name;
        _callers = callers;
        _running = new Task[callers.Length];
    }

    /// <inheritdoc cref="IContender.Open"/>
    public void Reset()
    {
        foreach (Caller caller in _callers) caller.Clear();
        _latencies = new LatencyHistogram();
        _turn = new CallerTurn();
    }

    /// <inheritdoc cref="IContender.Run"/>
    public LoadSample Run(TimeSpan duration)
    {
        CallerTurn turn = _turn;
        long start = Stopwatch.GetTimestamp();
        // On the pool, where an application's calls come from too; a call answered at once would else keep this thread in the loop.
        for (int i = 0; i < _running.Length; i++)
        {
            Caller caller = _callers[i];
            _running[i] = Task.Run(() => caller.RunAsync(turn));
        }

        Thread.Sleep(duration);
        long inTime = _callers.Sum(static c => c.Answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        turn.End();
        WaitForAll();
        foreach (Caller caller in _callers) _latencies.Merge(caller.Latencies);
        return new LoadSample(_callers.Sum(static c => c.Answered), inTime, elapsed, _latencies);
    }

    private void WaitForAll()
    {
        try
        {
            if (!Task.WaitAll(_running, LoadLimits.Drain)) throw LoadLimits.NotDrained(_name, _running.Count(static t => !t.IsCompleted));
        }
        catch (AggregateException e)
        {
            Exception first = e.InnerExceptions[0];
            int failed = e.InnerExceptions.Count;
            throw new LoadException($"{_name}: {failed} of {_running.Length} callers failed, the first with: {first.Message}", first);
        }
    }

    private static Caller[] CreateAll(Workload workload, ILoadService service)
    {
        var numbers = new SharedNumber();
        IEnumerable<Caller> callers = Enumerable.Range(0, workload.Callers).Select(i => Create(workload, service, numbers, i));
        return workload.Kind == CallKind.LargeBesideSmall ? [.. callers, new LargeCaller(service, workload.Payload)] : [.. callers];
    }

    private static Caller Create(Workload workload, ILoadService service, SharedNumber numbers, int i) => workload.Kind switch
    {
        CallKind.Add or CallKind.LargeBesideSmall =>
            new Caller<AddOperation, int>(new AddOperation(service, i), i, workload.SampleEvery),
        CallKind.Echo => new Caller<EchoOperation, EchoMessage>(new EchoOperation(service, i, workload.Payload), i, workload.SampleEvery),
        CallKind.SometimesBlock =>
            new Caller<SometimesBlockOperation, int>(new SometimesBlockOperation(service, numbers), i, workload.SampleEvery),
        CallKind.StreamDown => new StreamDownCaller(service.DownAsync),
        CallKind.StreamUp => new StreamUpCaller(service),
        CallKind.PingPong => new PingPongCaller(service),
        _ => throw new ArgumentOutOfRangeException(nameof(workload), workload.Kind, "No caller is written for this method."),
    };
}
