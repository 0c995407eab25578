namespace SourceGen.Rpc.Client;

/// <summary>The patience of a call that could not be written at once: until its time has passed, or a token is cancelled.</summary>
internal sealed class CallWait : IDisposable
{
    private readonly long _started = Environment.TickCount64;
    private readonly CancellationToken _own;
    private readonly CancellationToken _inherited;
    private readonly CancellationTokenSource? _both;

    public CallWait(CallTerms terms, CancellationToken cancellationToken)
    {
        TimeoutMs = terms.TimeoutMs;
        _own = cancellationToken;
        _inherited = terms.Inherited;
        if (!_inherited.CanBeCanceled)
        {
            Token = _own;
        }
        else if (!_own.CanBeCanceled)
        {
            Token = _inherited;
        }
        else
        {
            _both = CancellationTokenSource.CreateLinkedTokenSource(_own, _inherited);
            Token = _both.Token;
        }
    }

    /// <summary>How long the call may take in all, in milliseconds; -1 for no limit.</summary>
    public int TimeoutMs { get; }

    /// <summary>Ends the waiting.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether a token has ended it.</summary>
    public bool IsCancelled => Token.IsCancellationRequested;

    /// <summary>What remains of the time.</summary>
    /// <param name="remainingMs">Milliseconds; -1 for no limit.</param>
    /// <returns>False when nothing does.</returns>
    public bool TryGetRemaining(out int remainingMs)
    {
        remainingMs = -1;
        if (TimeoutMs < 0) return true;
        long remaining = TimeoutMs - (Environment.TickCount64 - _started);
        remainingMs = (int)Math.Max(0, remaining);
        return remaining > 0;
    }

    /// <summary>The cancellation, with the token that its caller knows.</summary>
    public OperationCanceledException ToException() => new(_own.IsCancellationRequested ? _own : _inherited);

    public void Dispose() => _both?.Dispose();
}
