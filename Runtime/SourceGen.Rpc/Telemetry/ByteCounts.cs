namespace SourceGen.Rpc.Telemetry;

/// <summary>Bytes that went over one or several connections after their handshakes; with TLS, before they were encrypted.</summary>
/// <param name="Sent">Bytes that were given to the transport.</param>
/// <param name="Received">Bytes of whole frames that were received.</param>
internal readonly record struct ByteCounts(long Sent, long Received)
{
    public static ByteCounts operator +(ByteCounts one, ByteCounts other) => new(one.Sent + other.Sent, one.Received + other.Received);
}
