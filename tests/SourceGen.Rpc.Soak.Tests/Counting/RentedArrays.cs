using System.Buffers;
using System.Diagnostics.Tracing;

namespace SourceGen.Rpc.Soak.Tests.Counting;

/// <summary>
/// Counts what is rented from the shared pool of byte arrays and not returned, by the pool's own events. Each costs a microsecond, so it is
/// for tests that look at nothing else.
/// </summary>
internal sealed class RentedArrays : EventListener
{
    private const int Rented = 1;
    private const int Returned = 3;
    private const int PoolOfRented = 2;
    private const int PoolOfReturned = 2;

    private readonly int _pool = ArrayPool<byte>.Shared.GetHashCode();
    private long _rented;
    private long _returned;

    /// <summary>Arrays that were rented since this was created.</summary>
    public long Total => Volatile.Read(ref _rented);

    /// <summary>Those of them that were not returned.</summary>
    public long Outstanding => Total - Volatile.Read(ref _returned);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource") EnableEvents(eventSource, EventLevel.Verbose);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // Arrays of chars are lent by another pool. The ids of arrays are hash codes, which two can share: so they are counted, not named.
        if (eventData.EventId == Rented && Pool(eventData, PoolOfRented)) Interlocked.Increment(ref _rented);
        else if (eventData.EventId == Returned && Pool(eventData, PoolOfReturned)) Interlocked.Increment(ref _returned);
    }

    private bool Pool(EventWrittenEventArgs data, int index) => data.Payload?[index] is int pool && pool == _pool;
}
