namespace SourceGen.Rpc.Security;

/// <summary>
/// The credential that one client has at the moment, and the asking for the next one: by one at a time, for all who wait.
/// </summary>
/// <param name="credentials">Where it comes from.</param>
/// <param name="limit">How long that may take.</param>
internal sealed class CredentialStore(RpcCredentials credentials, TimeSpan limit)
{
    /// <summary>A time that has passed.</summary>
    private const long Outdated = 0;

    /// <summary>What timers can do, and more than enough: 20 days, in milliseconds.</summary>
    private const long LongestTimer = 20L * 24 * 60 * 60 * 1000;

    private readonly Lock _gate = new();
    private RpcCredential? _current;
    private long _renewAt;
    private Task<RpcCredential>? _asking;

    /// <summary>Whether it goes with each call.</summary>
    public bool IsPerCall => credentials.IsPerCall;

    /// <summary>Whether asking again is in vain.</summary>
    public bool IsFixed => credentials.IsFixed;

    /// <summary>The credential for a call; null when it has to be asked for.</summary>
    public RpcCredential? Current
    {
        get
        {
            lock (_gate) return Environment.TickCount64 < _renewAt ? _current : null;
        }
    }

    /// <summary>Gets the credential, and asks for it if there is none.</summary>
    /// <param name="cancellationToken">Stops waiting; others may wait on.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unauthenticated"/>: there is none; the message says why.</exception>
    public Task<RpcCredential> GetAsync(CancellationToken cancellationToken)
    {
        Task<RpcCredential> asking;
        lock (_gate)
        {
            if (Environment.TickCount64 < _renewAt) return Task.FromResult(_current!);
            asking = _asking ??= StartAsking();
        }

        return asking.WaitAsync(cancellationToken);
    }

    /// <summary>Gets a credential to open a connection with: one that does not say until when it is good is asked for each time.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unauthenticated"/>: there is none; the message says why.</exception>
    public Task<RpcCredential> GetForConnectionAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is { Expires: null }) _renewAt = Outdated;
        }

        return GetAsync(cancellationToken);
    }

    /// <summary>After what time a connection that was opened with the credential is to be replaced; null for never.</summary>
    public TimeSpan? RenewAfter(RpcCredential credential)
    {
        lock (_gate)
        {
            return IsFixed || credential.Expires is null || credential != _current || _renewAt == Outdated
                ? null
                : TimeSpan.FromMilliseconds((double)Math.Clamp(_renewAt - Environment.TickCount64, 0, LongestTimer));
        }
    }

    /// <summary>
    /// The server did not accept a credential, or does not any more: the next one who needs it asks again. Nothing happens when another one
    /// has taken its place meanwhile.
    /// </summary>
    public void Forget(RpcCredential refused)
    {
        lock (_gate)
        {
            if (_current == refused) _renewAt = Outdated;
        }
    }

    /// <summary>
    /// What is asked for is for all: it must not inherit the time limit or the cancellation of the call that happened to come first.
    /// </summary>
    private Task<RpcCredential> StartAsking()
    {
        if (ExecutionContext.IsFlowSuppressed()) return Task.Run(AskAsync);
        using (ExecutionContext.SuppressFlow()) return Task.Run(AskAsync);
    }

    private async Task<RpcCredential> AskAsync()
    {
        try
        {
            RpcCredential credential = await AskProviderAsync().ConfigureAwait(false);
            lock (_gate)
            {
                _current = credential;
                _renewAt = RenewalOf(credential);
                _asking = null;
            }

            return credential;
        }
        catch
        {
            lock (_gate) _asking = null;
            throw;
        }
    }

    private async Task<RpcCredential> AskProviderAsync()
    {
        using CancellationTokenSource timeout = new(limit);
        try
        {
            return await credentials.Provider(timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false)
                ?? throw Failed("returned null", null);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw Failed($"did not come to an end within {limit.TotalSeconds:0.###} s (ConnectTimeout)", e);
        }
        catch (Exception e) when (e is not RpcException)
        {
            // Its message stays in the inner exception: it is the user's own, and may hold what must not be logged.
            throw Failed($"failed with {e.GetType().Name}", e);
        }
    }

    private static long RenewalOf(RpcCredential credential)
    {
        if (credential.Expires is not { } expires) return long.MaxValue;
        double left = (expires - DateTimeOffset.UtcNow).TotalMilliseconds;
        return left <= 0 ? Outdated : Environment.TickCount64 + (long)(left * 0.9);
    }

    private static RpcException Failed(string what, Exception? cause) =>
        new(RpcStatusCode.Unauthenticated, $"There is no credential to send: RpcClientOptions.Credentials {what}.", cause)
        {
            Progress = RpcCallProgress.NotSent,
        };
}
