namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// One call that is under way at several servers at once. The first that succeeds is the answer; the others are cancelled, and what becomes of
/// them is nobody's business any more.
/// </summary>
internal sealed class Race<TCall, TResponse> : IDisposable
    where TCall : struct, INodeCall<TResponse>
{
    private readonly NodeRoute _route;
    private readonly Attempts _attempts;
    private readonly CancellationToken _callersToken;
    private readonly CancellationTokenSource _over;
    private readonly TCall _call;
    private readonly List<(Task<TResponse> Task, Node Node)> _running = [];

    /// <param name="route">What is called.</param>
    /// <param name="call">With which arguments.</param>
    /// <param name="attempts">Where it was sent, and what remains of its time.</param>
    /// <param name="cancellationToken">The token that the call was made with.</param>
    public Race(NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
    {
        _route = route;
        _call = call;
        _attempts = attempts;
        _callersToken = cancellationToken;
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>At how many servers it is under way.</summary>
    public int Running => _running.Count;

    /// <summary>Sends the call to one more server.</summary>
    public void Start(Node node)
    {
        _attempts.Sent(node);
        _running.Add((Attempt.SendAsync<TCall, TResponse>(_route, _call, node, _attempts, _over.Token).AsTask(), node));
    }

    /// <summary>Waits until the call has come to an end somewhere, or a time has passed.</summary>
    /// <param name="limit">The time; null for none.</param>
    /// <returns>Where it ended, and how; nothing when the time has passed first.</returns>
    public async ValueTask<(Task<TResponse> Task, Node Node)?> NextEndAsync(TimeSpan? limit)
    {
        Task<Task<TResponse>> any = Task.WhenAny(_running.ConvertAll(static one => one.Task));
        if (limit is { } time)
        {
            try
            {
                await any.WaitAsync(time, _callersToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }

        Task<TResponse> ended = await any.ConfigureAwait(false);
        int index = _running.FindIndex(one => one.Task == ended);
        (Task<TResponse> Task, Node Node) result = _running[index];
        _running.RemoveAt(index);
        return result;
    }

    /// <summary>Cancels the call wherever it is still under way.</summary>
    public void Dispose()
    {
        _over.Cancel();
        foreach ((Task<TResponse> task, _) in _running) _ = task.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _over.Dispose();
    }
}
