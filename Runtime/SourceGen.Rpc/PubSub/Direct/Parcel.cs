using System.Numerics;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>A message that a publisher keeps until somebody is done with it, as the bytes that are sent. It is used again for others.</summary>
internal sealed class Parcel
{
    private const int Shortest = 64;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>Its body on the wire.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(0, _length);

    /// <summary>What it takes in memory.</summary>
    public int Memory => _buffer.Length;

    /// <summary>The hash of what it belongs to.</summary>
    public ulong? Key { get; private set; }

    /// <summary>From 1 upwards in the order of publishing.</summary>
    public long Number { get; private set; }

    /// <summary>How often it is delivered, the next time included.</summary>
    public int Deliveries { get; set; }

    /// <summary>Puts a message here.</summary>
    public void Fill(in OutgoingMessage message, int length, long number)
    {
        if (_buffer.Length < length) _buffer = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Shortest)));
        DeliveryFormat.Write(in message, _buffer.AsSpan(0, length));
        _length = length;
        Key = message.Key;
        Number = number;
        Deliveries = 1;
    }
}
