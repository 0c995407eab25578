using System.Buffers;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Errors;

/// <summary>
/// The detail that is the framework's own: it looks the same whatever the connection's codec, because the caller's contract does not know
/// it.
/// </summary>
internal static class RetryAfterDetail
{
    /// <summary>What it is called on the wire.</summary>
    public const string Name = "rpc.RetryAfter";

    /// <summary>Adds it to an error.</summary>
    public static ErrorMessage AddTo(ErrorMessage message, TimeSpan delay)
    {
        ArrayBufferWriter<byte> payload = new();
        MessagePackWriter writer = new(payload);
        writer.Write((long)Math.Ceiling(Math.Max(0, delay.TotalMilliseconds))); // Up: who comes back too early is refused again.
        writer.Flush();
        return message with { DetailType = Name, DetailPayload = payload.WrittenSpan.ToArray() };
    }

    /// <summary>Makes the caller's exception of an error that has it. One that cannot be read is as if it were not there.</summary>
    public static RpcException Read(ErrorMessage message)
    {
        RpcException error = message.ToException();
        try
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>(message.DetailPayload));
            long milliseconds = reader.ReadInt64();
            bool isTime = milliseconds >= 0 && milliseconds <= TimeSpan.MaxValue.TotalMilliseconds;
            return isTime ? error.WithDetail(new RpcRetryAfter(TimeSpan.FromMilliseconds(milliseconds))) : error;
        }
        catch (RpcSerializationException)
        {
            // The call has failed already, with a code and a message; the detail is only advice.
            return error;
        }
    }
}
