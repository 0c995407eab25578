using System.Buffers;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>Makes one piece of what was received in several.</summary>
internal static class PayloadMemory
{
    /// <summary>The bytes: those of the buffer itself where they are in one piece, which most are.</summary>
    public static ReadOnlyMemory<byte> AsMemory(this in ReadOnlySequence<byte> payload) => payload.IsSingleSegment ? payload.First : payload.ToArray();
}
