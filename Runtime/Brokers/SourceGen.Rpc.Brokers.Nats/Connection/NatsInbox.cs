using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Receives the answers to all requests of a client, by one wildcard subscription.</summary>
/// <param name="client">Whose.</param>
internal sealed class NatsInbox(NatsClient client) : NatsSubscriber
{
    /// <summary>A subject that nobody else has, without a last dot.</summary>
    public static string CreateSubject() => $"_INBOX.{RandomNumberGenerator.GetHexString(22, lowercase: true)}";

    /// <inheritdoc/>
    public override void OnMessage(in NatsFrame frame)
    {
        ReadOnlySpan<byte> number = frame.Subject[(frame.Subject.LastIndexOf((byte)'.') + 1)..];
        if (!Utf8Parser.TryParse(number, out long request, out int used) || used != number.Length) return;
        int status = 0;
        // What cannot be read is an answer with nothing in it, and its reader says so.
        if (frame.Headers.Length > 0 && NatsHeaders.TryParse(frame.Headers.ToArray(), out NatsHeaders headers)) status = headers.Status;
        client.Answer(request, new NatsReply(status, frame.Payload.ToArray()));
    }
}
