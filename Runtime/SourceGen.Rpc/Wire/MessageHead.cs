using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// What stands before the arguments or the result of a message: the remaining time, and headers. This is the one place that writes and
/// reads it, for every kind of call.
/// </summary>
/// <param name="remainingMs">Requests: the milliseconds that remain for the call; -1 for no limit.</param>
/// <param name="headers">Headers, encoded by <see cref="HeaderBlock"/>; null for none.</param>
/// <param name="hasCredential">Whether a credential is among them.</param>
internal readonly struct MessageHead(int remainingMs, byte[]? headers, bool hasCredential = false)
{
    /// <summary>Neither.</summary>
    public static MessageHead None => new(-1, null);

    /// <summary>The milliseconds that remain for the call; -1 for no limit.</summary>
    public int RemainingMs { get; } = remainingMs;

    /// <summary>Headers; null for none.</summary>
    public byte[]? Headers { get; } = headers;

    /// <summary>Whether a credential is among the headers, which not everybody may read.</summary>
    public bool HasCredential { get; } = hasCredential;

    /// <summary>Writes the head, first of all into the message.</summary>
    /// <returns>The flags that say what is there.</returns>
    public FrameFlags Write(FrameEncoder encoder)
    {
        FrameFlags flags = FrameFlags.None;
        if (RemainingMs >= 0)
        {
            encoder.WriteUInt32((uint)RemainingMs);
            flags = FrameFlags.Deadline;
        }

        return Headers is null ? flags : flags | WriteHeaders(encoder, Headers);
    }

    /// <summary>Takes the head off the front of a message.</summary>
    /// <param name="flags">What is there.</param>
    /// <param name="message">The message; the arguments or the result remain.</param>
    /// <param name="remainingMs">The milliseconds that remain; -1 for no limit.</param>
    /// <param name="headers">The headers; empty for none.</param>
    /// <returns>False when the message is shorter than that.</returns>
    public static bool TryRead(
        FrameFlags flags, ref ReadOnlySequence<byte> message, out long remainingMs, out ReadOnlySequence<byte> headers)
    {
        remainingMs = -1;
        headers = default;
        if ((flags & FrameFlags.Deadline) != 0)
        {
            if (!TryReadUInt32(ref message, out uint remaining)) return false;
            remainingMs = remaining;
        }

        if ((flags & FrameFlags.Headers) == 0) return true;
        if (!TryReadUInt32(ref message, out uint length) || length > message.Length) return false;
        headers = message.Slice(0, length);
        message = message.Slice(length);
        return true;
    }

    private static FrameFlags WriteHeaders(FrameEncoder encoder, byte[] headers)
    {
        encoder.WriteUInt32((uint)headers.Length);
        encoder.Write(headers);
        return FrameFlags.Headers;
    }

    private static bool TryReadUInt32(ref ReadOnlySequence<byte> message, out uint value)
    {
        ReadOnlySpan<byte> first = message.FirstSpan;
        if (first.Length >= sizeof(uint))
        {
            value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(first);
        }
        else
        {
            SequenceReader<byte> reader = new(message);
            bool complete = reader.TryReadLittleEndian(out int split);
            value = (uint)split;
            if (!complete) return false;
        }

        message = message.Slice(sizeof(uint));
        return true;
    }
}
