using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>A stream that the peer sends in a call it made, as the receiver knows it.</summary>
/// <param name="id">The call.</param>
internal sealed class InboundUpload(ulong id)
{
    /// <summary>The call.</summary>
    public ulong Id { get; } = id;

    /// <summary>Who reads it; null when the call was refused, or its method takes no stream: then the items are dropped.</summary>
    public InboundStream? Reader { get; set; }

    /// <summary>What has arrived of an item of several frames.</summary>
    public Reassembly? Partial { get; set; }
}
