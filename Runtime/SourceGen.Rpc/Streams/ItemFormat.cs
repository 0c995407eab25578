using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>Writes and reads the items of streams in one codec's format, many at a time.</summary>
/// <typeparam name="T">The items.</typeparam>
internal abstract class ItemFormat<T>
{
    /// <summary>Gets the format that belongs to a serializer.</summary>
    public static ItemFormat<T> Create(ISerializer<T> serializer) => serializer is MessagePackSerializer<T> messagePack
        ? new MessagePackItemFormat<T>(messagePack)
        : new SerializedItemFormat<T>(serializer);

    /// <summary>
    /// Writes the source's current item, and those after it for as long as the source has them ready, the frame is not full and the
    /// allowance lasts.
    /// </summary>
    /// <param name="buffer">Where they go.</param>
    /// <param name="source">Has a current item.</param>
    /// <param name="allowance">See <see cref="StreamLedger.Allowance"/>.</param>
    /// <returns>What the source's last MoveNextAsync returned; it was not awaited.</returns>
    /// <exception cref="ItemEncodingException">An item cannot be encoded; those before it are in the buffer.</exception>
    public abstract ValueTask<bool> WriteReady(ItemBuffer buffer, IAsyncEnumerator<T> source, long allowance);

    /// <summary>Reads the items of a frame.</summary>
    /// <param name="payload">The frame's payload; at least one byte.</param>
    /// <param name="chunk">Where they go.</param>
    /// <param name="largest">What an item of more than <see cref="StreamCost.Reserve"/> may cost; 0 when the peer may send none.</param>
    /// <returns>Why an item cannot be decoded, or null; those before it are in the chunk.</returns>
    /// <exception cref="ProtocolException">The items are not what their lengths say, or more than the peer may send.</exception>
    public abstract Exception? Read(in ReadOnlySequence<byte> payload, ItemChunk<T> chunk, long largest);

    private protected static void ThrowMalformed() =>
        throw new ProtocolException("the peer sent a stream item that is longer than its frame");

    private protected static void CheckCost(ItemChunk<T> chunk, int length, long largest)
    {
        bool allowed = length > StreamCost.Reserve
            ? length + StreamCost.PerItem <= largest && chunk.Count == 0
            : chunk.Cost + length + StreamCost.PerItem <= StreamCost.MaxFrameCost;
        if (!allowed) ThrowNotAllowed(chunk, length);
    }

    private static void ThrowNotAllowed(ItemChunk<T> chunk, int length) => throw new ProtocolException(
        chunk.Count == 0
            ? $"the peer sent a stream item of {length:N0} bytes without credit for it"
            : $"the peer sent a frame with {chunk.Count:N0} stream items and another one of {length:N0} bytes, which costs too much");
}
