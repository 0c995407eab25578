using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Wire;

/// <summary>What a connection tells of itself.</summary>
internal sealed partial class RpcConnection
{
    private TelemetryEndpoint? _peerEndpoint;
    private long _bytesReceived;

    /// <summary>Whether the peer opened the connection.</summary>
    public bool IsAccepted => _settings.IsAccepted;

    /// <summary>The bytes of the connection so far.</summary>
    public ByteCounts Bytes => new(Output.BytesSent, Volatile.Read(ref _bytesReceived));

    /// <summary>The peer's address as attributes have it.</summary>
    public TelemetryEndpoint PeerEndpoint => _peerEndpoint ??= TelemetryEndpoint.Of(RemoteAddress);

    /// <summary>Bytes were received and dealt with. Only the receiver may call it.</summary>
    private void CountReceived(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);
}
