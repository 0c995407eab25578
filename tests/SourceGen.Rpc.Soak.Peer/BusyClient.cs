namespace SourceGen.Rpc.Soak.Peer;

/// <summary>
/// One call of each kind that does not end by itself: a stream that is read, one that is read no more, one that is written, one that goes
/// both ways, and a call that waits.
/// </summary>
internal sealed class BusyClient
{
    private readonly PeerService _own = new();
    private readonly TaskCompletionSource _underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _notBegun = 4;

    public BusyClient(IPeer peer)
    {
        Ends = [ReadAsync(peer), StallAsync(peer), WriteAsync(peer), ExchangeAsync(peer), peer.WaitAsync().AsTask()];
        UnderWay = WhenUnderWayAsync();
    }

    /// <summary>Completes when items have passed through every stream; fails when a call has ended before.</summary>
    public Task UnderWay { get; }

    /// <summary>How each call ends.</summary>
    public IReadOnlyList<Task> Ends { get; }

    /// <summary>Producers of this side whose finally-blocks have not run.</summary>
    public int Producing => _own.Running;

    private async Task WhenUnderWayAsync()
    {
        Task first = await Task.WhenAny([_underWay.Task, .. Ends]).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        if (first != _underWay.Task) throw new InvalidOperationException("A call that has no end has ended.");
    }

    private void Begun()
    {
        if (Interlocked.Decrement(ref _notBegun) == 0) _underWay.TrySetResult();
    }

    private async Task ReadAsync(IPeer peer)
    {
        int next = 0;
        await foreach (Reading reading in peer.DownAsync(-1))
        {
            Check(reading, next++);
            if (next == 10_000) Begun();
        }
    }

    private async Task StallAsync(IPeer peer)
    {
        await using IAsyncEnumerator<Reading> readings = peer.DownAsync(-1).GetAsyncEnumerator();
        await readings.MoveNextAsync();
        Check(readings.Current, 0);
        Begun();
        await peer.WaitAsync();
    }

    private async Task WriteAsync(IPeer peer) => await peer.UpAsync(0, _own.ProduceAsync(-1, afterEach: OnProduced));

    private async Task ExchangeAsync(IPeer peer)
    {
        int next = 0;
        await foreach (Reading reading in peer.BothAsync(_own.ProduceAsync(-1)))
        {
            Check(reading, next++);
            if (next == 10_000) Begun();
        }
    }

    /// <summary>More than a window holds: the handler reads.</summary>
    private void OnProduced(int number)
    {
        if (number == 100_000) Begun();
    }

    private static void Check(Reading reading, int number)
    {
        if (reading != Reading.Of(number)) throw new InvalidOperationException($"Reading {number} is {reading}.");
    }
}
