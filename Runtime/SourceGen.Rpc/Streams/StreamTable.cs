using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Streams;

/// <summary>Streams that this side sends, by call id, for the receiver to find what credit and stops are for.</summary>
internal sealed class StreamTable<TStream>
    where TStream : class
{
    private readonly Dictionary<ulong, TStream> _streams = [];
    private readonly Lock _gate = new();
    private int _count;

    /// <summary>How many there are. Exact for the thread that added them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a stream; before its request or its first item is written.</summary>
    public void Add(ulong id, TStream stream)
    {
        lock (_gate)
        {
            _streams[id] = stream;
            Volatile.Write(ref _count, _streams.Count);
        }
    }

    /// <summary>Finds a stream.</summary>
    public bool TryGet(ulong id, [NotNullWhen(true)] out TStream? stream)
    {
        lock (_gate) return _streams.TryGetValue(id, out stream);
    }

    /// <summary>Takes a stream out.</summary>
    public bool TryRemove(ulong id, [NotNullWhen(true)] out TStream? stream)
    {
        lock (_gate)
        {
            bool removed = _streams.Remove(id, out stream);
            Volatile.Write(ref _count, _streams.Count);
            return removed;
        }
    }
}
