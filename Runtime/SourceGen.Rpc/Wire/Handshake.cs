using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Sends and receives the preambles and hellos with which a connection opens.</summary>
internal static class Handshake
{
    /// <summary>The largest hello read from a client, which has little to say.</summary>
    public const int MaxClientHello = 64 * 1024;

    /// <summary>The version of this library.</summary>
    public static readonly string? Version = typeof(Handshake).Assembly.GetName().Version?.ToString(3);

    private static readonly string s_agent = $"SourceGen.Rpc/{Version}";

    /// <summary>What an HTTP client is told.</summary>
    public static ReadOnlySpan<byte> HttpAnswer =>
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 71\r\nConnection: close\r\n\r\nThis port speaks SourceGen.Rpc, not HTTP. Connect with an RPC client.\r\n"u8;

    /// <summary>Says what this side's options amount to; codecs and services are the caller's to add.</summary>
    public static HelloMessage CreateHello(RpcConnectionOptions options) => new()
    {
        Agent = s_agent,
        MaxFrameSize = options.Limits.MaxFrameSize,
        MaxMessageSize = options.Limits.MaxMessageSize,
        MaxConcurrentCalls = options.Limits.MaxConcurrentCalls,
        MaxHeaderSize = options.Limits.MaxHeaderSize,
        StreamWindow = options.Limits.StreamWindow,
        ConnectionStreamWindow = options.Limits.ConnectionStreamWindow,
    };

    /// <summary>Sends the preamble and this side's hello.</summary>
    public static async ValueTask SendAsync(PipeWriter output, HelloMessage hello, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> payload = new();
        hello.Write(payload);
        Write(output, payload.WrittenSpan);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);

        static void Write(PipeWriter output, ReadOnlySpan<byte> payload)
        {
            output.Write(Preamble.Bytes);
            new FrameHeader((uint)payload.Length, FrameType.Hello, FrameFlags.None, 0, 0).Write(output.GetSpan(FrameHeader.Size));
            output.Advance(FrameHeader.Size);
            output.Write(payload);
        }
    }

    /// <summary>Makes the preamble and the hello of a server that does not go on with a client.</summary>
    /// <param name="code">The error's code.</param>
    /// <param name="reason">Why, as a sentence for the client.</param>
    public static byte[] Refuse(RpcStatusCode code, string reason)
    {
        RpcLimits limits = new();
        HelloMessage hello = new()
        {
            Agent = s_agent,
            MaxFrameSize = limits.MaxFrameSize,
            MaxMessageSize = limits.MaxMessageSize,
            Error = new ErrorMessage(code, reason, Refused: true),
        };
        ArrayBufferWriter<byte> payload = new();
        hello.Write(payload);
        byte[] bytes = new byte[Preamble.Size + FrameHeader.Size + payload.WrittenCount];
        Preamble.Bytes.CopyTo(bytes);
        new FrameHeader((uint)payload.WrittenCount, FrameType.Hello, FrameFlags.None, 0, 0).Write(bytes.AsSpan(Preamble.Size));
        payload.WrittenSpan.CopyTo(bytes.AsSpan(Preamble.Size + FrameHeader.Size));
        return bytes;
    }

    /// <summary>Tells an HTTP client, in its own words, that it has the wrong port.</summary>
    public static async ValueTask AnswerHttpAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        output.Write(HttpAnswer);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the peer's preamble and hello, and no byte more.</summary>
    /// <param name="input">Where it comes from.</param>
    /// <param name="maxSize">The largest hello to accept, in bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForeignProtocolException">The peer speaks something else.</exception>
    /// <exception cref="ProtocolException">The peer's hello is malformed, too large, or missing.</exception>
    public static async Task<HelloMessage> ReceiveAsync(PipeReader input, int maxSize, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryAccept(input, result, maxSize, out HelloMessage? hello)) return hello;
        }
    }

    private static bool TryAccept(PipeReader input, in ReadResult result, int maxSize, [NotNullWhen(true)] out HelloMessage? hello)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        if (TryRead(ref buffer, maxSize, out hello))
        {
            input.AdvanceTo(buffer.Start);
            return true;
        }

        input.AdvanceTo(buffer.Start, buffer.End);
        return result.IsCompleted
            ? throw new ProtocolException($"The peer closed the connection before it introduced itself; {buffer.Length} bytes had arrived.")
            : false;
    }

    private static bool TryRead(ref ReadOnlySequence<byte> buffer, int maxSize, [NotNullWhen(true)] out HelloMessage? hello)
    {
        hello = null;
        if (Preamble.Check(buffer) is { } foreign)
        {
            byte[] first = buffer.Slice(0, Math.Min(buffer.Length, Preamble.Size)).ToArray();
            throw new ForeignProtocolException($"The peer speaks {foreign}.", Preamble.IsHttp(first)) { IsTls = Preamble.IsTls(first) };
        }

        if (buffer.Length < Preamble.Size + FrameHeader.Size) return false;
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        buffer.Slice(Preamble.Size, FrameHeader.Size).CopyTo(bytes);
        FrameHeader header = FrameHeader.Read(bytes);
        if (header.Type != FrameType.Hello)
            throw new ProtocolException($"The peer's first frame is of type {header.Type}; it must be a hello.");
        if (header.Length > (uint)maxSize)
        {
            throw new ProtocolException($"The peer's hello has {header.Length:N0} bytes; at most {maxSize:N0} are read.");
        }

        long total = Preamble.Size + FrameHeader.Size + header.Length;
        if (buffer.Length < total) return false;
        try
        {
            hello = HelloMessage.Read(buffer.Slice(Preamble.Size + FrameHeader.Size, header.Length));
        }
        catch (RpcSerializationException e)
        {
            throw new ProtocolException($"The peer's hello cannot be read: {e.Message}");
        }

        buffer = buffer.Slice(total);
        return true;
    }
}
