namespace SourceGen.Rpc.Security;

/// <summary>
/// The credentials that calls of one connection brought, so that each is judged once: also when many calls with it come at the same time.
/// It is the connection's own, so a peer can find out by timing only about credentials that it sent itself.
/// </summary>
/// <param name="capacity">How many are remembered.</param>
/// <param name="rememberMs">For how long, in milliseconds.</param>
internal sealed class CredentialMemory(int capacity, long rememberMs)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<JudgedCredential>> _judging = new(StringComparer.Ordinal);
    private readonly Queue<(string Credential, long Until)> _order = new();

    /// <summary>How many are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    /// <summary>Looks a credential up.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="caller">Whose it is; null when no authenticator had anything to say about it.</param>
    /// <returns>False when it has to be judged.</returns>
    public bool TryRecall(string credential, out CallerIdentity? caller)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(credential, out Entry entry) && entry.Until > Environment.TickCount64)
            {
                caller = entry.Caller;
                return true;
            }
        }

        caller = null;
        return false;
    }

    /// <summary>Gets what a credential is worth, and has it judged if nobody does yet.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="judge">Judges it; what it throws, all who wait get.</param>
    public Task<JudgedCredential> JudgeAsync(string credential, Func<string, Task<JudgedCredential>> judge)
    {
        TaskCompletionSource<JudgedCredential> judged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            // A call that was held while another brought the same credential comes too late to ask.
            if (_known.TryGetValue(credential, out Entry entry) && entry.Until > Environment.TickCount64)
                return Task.FromResult(new JudgedCredential(entry.Caller, null));
            if (_judging.TryGetValue(credential, out Task<JudgedCredential>? judging)) return judging;
            _judging.Add(credential, judged.Task);
        }

        _ = CompleteAsync(credential, judge, judged);
        return judged.Task;
    }

    private async Task CompleteAsync(
        string credential, Func<string, Task<JudgedCredential>> judge, TaskCompletionSource<JudgedCredential> judged)
    {
        JudgedCredential result;
        try
        {
            result = await judge(credential).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            lock (_gate) _judging.Remove(credential);
            judged.SetException(e);
            return;
        }

        lock (_gate)
        {
            _judging.Remove(credential);
            if (result.Refusal is null) Remember(credential, result.Caller);
        }

        judged.SetResult(result);
    }

    private void Remember(string credential, CallerIdentity? caller)
    {
        if (caller is { IsExpired: true }) return;
        long until = Environment.TickCount64 + rememberMs;
        if (caller is not null) until = Math.Min(until, caller.ExpiresAt);
        while (_order.Count >= capacity)
        {
            (string oldest, long itsUntil) = _order.Dequeue();
            if (_known.TryGetValue(oldest, out Entry entry) && entry.Until == itsUntil) _known.Remove(oldest);
        }

        _known[credential] = new Entry(caller, until);
        _order.Enqueue((credential, until));
    }

    private readonly record struct Entry(CallerIdentity? Caller, long Until);
}
