using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>The sending end of one stream.</summary>
internal abstract class OutboundStream(RpcConnection connection, FrameFlags flags)
{
    /// <summary>Where the items go.</summary>
    public RpcConnection Connection { get; } = connection;

    /// <summary>Whose stream it is: <see cref="FrameFlags.Callee"/> when this side serves the call.</summary>
    public FrameFlags Flags { get; } = flags;

    /// <summary>The call it belongs to.</summary>
    public ulong Id { get; set; }

    /// <summary>What it has outstanding.</summary>
    public StreamAccount Account { get; } = new();

    /// <summary>Whether the request that announces it was written; a callee's stream needs none. The output's lock guards it.</summary>
    public bool IsRequestWritten { get; set; }

    /// <summary>Whether no more items may go out. The output's lock guards it.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether its end was written. The output's lock guards it.</summary>
    public bool IsEndWritten { get; set; }
}
