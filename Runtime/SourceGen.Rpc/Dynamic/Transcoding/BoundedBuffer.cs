using System.Buffers;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>A growing buffer that ends at a limit: what comes in may make a lot of a little.</summary>
/// <param name="limit">The most bytes it holds.</param>
internal sealed class BoundedBuffer(int limit) : IBufferWriter<byte>
{
    private const int FirstSize = 256;

    private byte[] _bytes = new byte[Math.Min(FirstSize, limit)];
    private int _length;

    /// <summary>What was written; valid until more is.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - _length))
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "More than there was room for.");
        }

        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void Reserve(int sizeHint)
    {
        long needed = (long)_length + Math.Max(1, sizeHint);
        if (needed <= _bytes.Length) return;

        // Writers ask for the worst case; so the limit is met with the room that they ask for, not only with what they write.
        if (needed > limit) throw new RpcSerializationException($"The converted value takes more than {limit:N0} bytes.");
        Array.Resize(ref _bytes, (int)Math.Min(limit, Math.Max(needed, _bytes.Length * 2L)));
    }
}
