using SourceGen.Rpc.Server;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

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

    /// <summary>
    /// Tells those who listen of a refused request, behind the calls that were received before it. What is no method here is nobody's:
    /// names that a peer makes up must not become attributes.
    /// </summary>
    private void ObserveRefusal(in FrameHeader header, RpcHeaders? headers, ErrorMessage refusal)
    {
        // Questions for descriptions are no calls.
        if (header.Type != FrameType.Request || header.Method >= _methods.Length) return;
        ServerMethod method = _methods[header.Method];
        ServerObservation observation = method.Telemetry.Receive();
        if (observation.IsOn) _ownership.Add(new RefusedCall(this, method.Method.FullName, observation, headers, refusal));
    }

    /// <summary>Bytes were received and dealt with. Only the receiver may call it.</summary>
    private void CountReceived(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);
}
