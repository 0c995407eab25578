using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>
/// The receiving end of one stream. The connection's receiver puts decoded items in; the consumer takes them out on whichever thread it
/// runs.
/// </summary>
internal abstract class InboundStream
{
    protected InboundStream(RpcConnection? connection) => Connection = connection;

    /// <summary>Where the items come from; null until the call is made.</summary>
    protected RpcConnection? Connection { get; set; }

    /// <summary>Goes on with the consumer that waits; to be run once after each time that something here said so.</summary>
    public abstract BatchItem Waker { get; }

    /// <summary>Whether the peer may begin an item of several frames. Only the receiver may ask.</summary>
    /// <param name="cost">What the item costs.</param>
    public abstract bool AcceptsLarge(long cost);

    /// <summary>
    /// The window has become tight: a consumer that waits gives back what it has consumed, of which it otherwise keeps some to give back
    /// later.
    /// </summary>
    public abstract void GiveBack();

    /// <summary>Decodes the items of a frame. Only the receiver may call it.</summary>
    /// <param name="payload">The frame's payload.</param>
    /// <param name="isAssembled">Whether it is one item that came in several frames, the first of which was allowed.</param>
    /// <param name="wake">Whether a consumer waits, which <see cref="Waker"/> is now to be run for.</param>
    /// <returns>Why an item cannot be decoded, or null.</returns>
    /// <exception cref="ProtocolException">The peer had no credit, or the frame is malformed.</exception>
    public abstract Exception? Accept(in ReadOnlySequence<byte> payload, bool isAssembled, out bool wake);

    /// <summary>The stream is over once its items are consumed. Only the first end counts.</summary>
    /// <param name="error">Why, or null when it is complete.</param>
    /// <returns>Whether a consumer waits, which <see cref="Waker"/> is now to be run for.</returns>
    public abstract bool End(Exception? error);

    /// <summary>The stream is over at once: items that were not consumed are dropped, and what still comes too.</summary>
    /// <param name="error">Why.</param>
    /// <returns>Whether a consumer waits, which <see cref="Waker"/> is now to be run for.</returns>
    public abstract bool Abort(Exception error);

    /// <summary>
    /// Nothing counts for the stream any more, though items may still wait to be consumed. To be called before the sender is told that its
    /// call is over: from then on it lets its other streams send what this one had outstanding.
    /// </summary>
    public abstract void CloseAccount();
}
