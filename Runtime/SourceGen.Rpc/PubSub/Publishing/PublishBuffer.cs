using System.Buffers;

namespace SourceGen.Rpc.PubSub.Publishing;

/// <summary>Where an event is encoded until its broker has it. Rented and given back, by whichever thread.</summary>
internal sealed class PublishBuffer : IBufferWriter<byte>
{
    private const int FirstSize = 256;
    private const int LargestKept = 64 * 1024;
    private const int MostKept = 512;

    [ThreadStatic]
    private static PublishBuffer? s_mine;

    private static readonly Stack<PublishBuffer> s_free = new();

    private byte[] _bytes = new byte[FirstSize];
    private int _count;

    private PublishBuffer()
    {
    }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    /// <summary>Gets one that is empty.</summary>
    public static PublishBuffer Rent()
    {
        if (s_mine is { } mine)
        {
            s_mine = null;
            return mine;
        }

        lock (s_free) return s_free.TryPop(out PublishBuffer? free) ? free : new PublishBuffer();
    }

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        _count = 0;
        if (_bytes.Length > LargestKept) return;
        if (s_mine is null)
        {
            s_mine = this;
            return;
        }

        lock (s_free)
        {
            if (s_free.Count < MostKept) s_free.Push(this);
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _count);
        _count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_count);
    }

    private void Reserve(int sizeHint)
    {
        int needed = _count + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
    }
}
