using System.Diagnostics;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>
/// One thing that a caller asked of a registry, however many requests it takes: what it is called, and how long it may take.
/// </summary>
internal sealed class RegistryOperation : IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;

    /// <param name="what">What is being done, for messages, such as <c>register Greeter</c>.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="caller">Gives up.</param>
    public RegistryOperation(string what, TimeSpan timeout, CancellationToken caller)
    {
        What = what;
        _timeout = timeout;
        _caller = caller;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _source.CancelAfter(timeout);
    }

    public string What { get; }

    /// <summary>Cancelled when the caller gives up, and when the time is over.</summary>
    public CancellationToken Token => _source.Token;

    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void ThrowIfGivenUp() => _caller.ThrowIfCancellationRequested();

    public void Dispose() => _source.Dispose();
}
