using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Soak.Peer;

/// <summary>The implementation, which counts what it began and has not ended.</summary>
internal sealed class PeerService : IPeer
{
    private readonly SemaphoreSlim _goOn = new(0);
    private long _produced;
    private long _consumed;
    private int _running;

    /// <summary>Handlers and producers whose finally-blocks have not run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Readings that were produced here.</summary>
    public long Produced => Volatile.Read(ref _produced);

    /// <summary>Readings that were consumed here.</summary>
    public long Consumed => Volatile.Read(ref _consumed);

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<int> SumAsync(int a, int b) => new(a + b);

    public async ValueTask<int> WaitAsync(CancellationToken ct = default)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 0;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public IAsyncEnumerable<Reading> DownAsync(int count, CancellationToken ct = default) => ProduceAsync(count, ct);

    public async ValueTask<long> UpAsync(int stopEvery, IAsyncEnumerable<Reading> readings, CancellationToken ct = default)
    {
        Interlocked.Increment(ref _running);
        try
        {
            int count = 0;
            await foreach (Reading reading in readings.WithCancellation(ct))
            {
                if (reading != Reading.Of(count)) throw new InvalidOperationException($"Reading {count} is {reading}.");
                count++;
                Interlocked.Increment(ref _consumed);
                if (stopEvery > 0 && count % stopEvery == 0) await _goOn.WaitAsync(ct);
            }

            return count;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public async IAsyncEnumerable<Reading> BothAsync(
        IAsyncEnumerable<Reading> readings, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await foreach (Reading reading in readings.WithCancellation(ct)) yield return reading;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public ValueTask GoOnAsync()
    {
        _goOn.Release();
        return default;
    }

    public ValueTask<PeerState> StateAsync() =>
        new(new PeerState(Produced, Consumed, Running, GC.GetTotalMemory(forceFullCollection: true)));

    /// <summary>Readings in order, so many or without end.</summary>
    public async IAsyncEnumerable<Reading> ProduceAsync(
        int count, [EnumeratorCancellation] CancellationToken ct = default, Action<int>? afterEach = null)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await Task.Yield();
            for (int i = 0; i != count; i++)
            {
                Interlocked.Increment(ref _produced);
                yield return Reading.Of(i);
                afterEach?.Invoke(i);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
