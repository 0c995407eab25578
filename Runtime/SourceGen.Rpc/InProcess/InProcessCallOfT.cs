namespace SourceGen.Rpc.InProcess;

/// <summary>What the caller waits for, once it has turned out that the handler does not complete at once.</summary>
internal sealed class InProcessCall<TResponse>(InProcessLink link, string method) : InProcessCall(link, method)
{
    private volatile TaskCompletionSource<TResponse>? _outcome;

    /// <summary>Gives the caller something to wait for: the handler, or what ends the call before it.</summary>
    public ValueTask<TResponse> Wait()
    {
        TaskCompletionSource<TResponse> outcome = new();
        _outcome = outcome;
        Interlocked.MemoryBarrier();
        if (Early is { } early) Fail(outcome, early); // Whoever ended the call may not have seen that somebody waits.
        return new ValueTask<TResponse>(outcome.Task);
    }

    /// <summary>The handler has succeeded; counts only if nothing was faster.</summary>
    public void Succeed(TResponse response) => _outcome!.TrySetResult(response);

    /// <summary>The handler has failed; counts only if nothing was faster.</summary>
    public void Fail(Exception error) => Fail(_outcome!, error);

    protected override void Tell(Exception early)
    {
        if (_outcome is { } outcome) Fail(outcome, early);
    }

    private static void Fail(TaskCompletionSource<TResponse> outcome, Exception error)
    {
        if (error is OperationCanceledException cancelled) outcome.TrySetCanceled(cancelled.CancellationToken);
        else if (outcome.TrySetException(error)) _ = outcome.Task.Exception; // Perhaps nobody waits: that is the caller's affair.
    }
}
