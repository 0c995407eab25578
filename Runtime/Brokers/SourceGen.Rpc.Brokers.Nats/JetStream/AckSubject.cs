using System.Buffers.Text;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>
/// What the subject says that a delivery is settled at: <c>$JS.ACK.stream.consumer.deliveries.stream sequence.consumer sequence.time.pending</c>,
/// in newer servers with a domain and an account behind <c>ACK</c>, and perhaps a token at the end.
/// </summary>
/// <param name="Deliveries">How often the message was delivered, this time included.</param>
/// <param name="StreamSequence">Its number in the stream.</param>
internal readonly record struct AckSubject(int Deliveries, ulong StreamSequence)
{
    private const int OldTokens = 9;
    private const int NewTokens = 11;

    /// <summary>Reads one.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="ack">What it says.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> subject, out AckSubject ack)
    {
        ack = default;
        if (!subject.StartsWith("$JS.ACK."u8)) return false;
        int tokens = subject.Count((byte)'.') + 1;
        if (tokens != OldTokens && tokens < NewTokens) return false;
        int deliveriesAt = tokens == OldTokens ? 4 : 6;
        ReadOnlySpan<byte> rest = subject;
        for (int i = 0; i < deliveriesAt; i++) rest = rest[(rest.IndexOf((byte)'.') + 1)..];
        int dot = rest.IndexOf((byte)'.');
        if (!Utf8Parser.TryParse(rest[..dot], out int deliveries, out int used) || used != dot || deliveries < 1) return false;
        rest = rest[(dot + 1)..];
        dot = rest.IndexOf((byte)'.');
        if (!Utf8Parser.TryParse(rest[..dot], out ulong sequence, out used) || used != dot) return false;
        ack = new AckSubject(deliveries, sequence);
        return true;
    }
}
