namespace SourceGen.Rpc.Client;

/// <summary>For how long a call is worth waiting for: until its time has passed, or its own or an inherited token is cancelled.</summary>
internal readonly struct CallPatience : IDisposable
{
    private readonly long _started;
    private readonly CancellationToken _own;
    private readonly CancellationToken _inherited;
    private readonly CancellationTokenSource? _both;

    /// <param name="terms">What the call is made with.</param>
    /// <param name="started">When it was made, as <see cref="Environment.TickCount64"/> has it.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public CallPatience(CallTerms terms, long started, CancellationToken cancellationToken)
    {
        _started = started;
        TimeoutMs = terms.TimeoutMs;
        _own = cancellationToken;
        _inherited = terms.Inherited;
        if (_own.CanBeCanceled && _inherited.CanBeCanceled) _both = CancellationTokenSource.CreateLinkedTokenSource(_own, _inherited);
        Token = _both?.Token ?? (_own.CanBeCanceled ? _own : _inherited);
    }

    /// <summary>How long the call may take, in milliseconds; -1 for no limit.</summary>
    public int TimeoutMs { get; }

    /// <summary>What remains of that, in milliseconds; 0 when it has passed, -1 for no limit.</summary>
    public int RemainingMs => TimeoutMs < 0 ? -1 : (int)Math.Max(0, TimeoutMs - (Environment.TickCount64 - _started));

    /// <summary>Cancelled when either token is.</summary>
    public CancellationToken Token { get; }

    /// <summary>What to throw once <see cref="Token"/> is cancelled: it names the token that its caller knows.</summary>
    public OperationCanceledException Cancelled() => new(_own.IsCancellationRequested ? _own : _inherited);

    public void Dispose() => _both?.Dispose();
}
