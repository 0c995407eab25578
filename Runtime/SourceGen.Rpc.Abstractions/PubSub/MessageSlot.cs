using System.Numerics;

namespace SourceGen.Rpc.PubSub;

/// <summary>A place for one message and its bytes, which is used again for the next one.</summary>
internal struct MessageSlot<TReceipt>
{
    /// <summary>What is longer is not kept for the next message.</summary>
    private const int LongestKept = 64 * 1024;

    private const int Shortest = 64;

    private byte[]? _buffer;
    private int _length;
    private string _topic;
    private ulong? _key;
    private string? _id;
    private ReadOnlyMemory<KeyValuePair<string, string>> _headers;
    private int _deliveries;

    /// <summary>What the broker knows the delivery by.</summary>
    public TReceipt Receipt { get; private set; }

    /// <summary>The message, as long as nothing else is put here.</summary>
    public readonly IncomingMessage Message => new(_topic, _buffer.AsMemory(0, _length)) { Key = _key, Id = _id, Headers = _headers, Deliveries = _deliveries };

    /// <summary>Puts a message here; its bytes are copied.</summary>
    public void Fill(in IncomingMessage message, TReceipt receipt)
    {
        int length = message.Payload.Length;
        if (_buffer is null || _buffer.Length < length)
            _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Shortest)), (uint)Array.MaxLength));
        message.Payload.Span.CopyTo(_buffer);
        _length = length;
        _topic = message.Topic;
        _key = message.Key;
        _id = message.Id;
        _headers = message.Headers;
        _deliveries = message.Deliveries;
        Receipt = receipt;
    }

    /// <summary>Takes the message of another slot, which gets this one's memory for its next.</summary>
    public void TakeFrom(ref MessageSlot<TReceipt> other)
    {
        byte[]? mine = _buffer;
        this = other;
        other = default;
        other._buffer = mine;
    }

    /// <summary>It is delivered once more.</summary>
    public void CountDelivery() => _deliveries++;

    /// <summary>The message was handled: what it refers to is let go of, and its memory is kept if it is not large.</summary>
    public void Clear()
    {
        byte[]? buffer = _buffer;
        this = default;
        if (buffer is { Length: <= LongestKept }) _buffer = buffer;
    }
}
