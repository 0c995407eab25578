using System.Buffers;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>Frames as bytes.</summary>
internal static class RawFrames
{
    public static byte[] Frame(FrameType type, FrameFlags flags = FrameFlags.None, int method = 0, ulong callId = 0, byte[]? payload = null)
    {
        payload ??= [];
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader((uint)payload.Length, type, flags, (ushort)method, callId).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    /// <summary>The id of a call in a slot.</summary>
    public static ulong Id(int slot, uint generation = 1) => ((ulong)generation << 32) | (uint)slot;

    /// <summary>What the peer sends first: its preamble and its hello.</summary>
    public static byte[] Opening(HelloMessage hello) => [.. Preamble.Bytes, .. Frame(FrameType.Hello, payload: Encode(hello.Write))];

    public static HelloMessage ClientHello(params string[] codecs) => Handshake.CreateHello(new RpcClientOptions()) with
    {
        Agent = "raw",
        Codecs = codecs.Length == 0 ? ["msgpack"] : codecs,
    };

    /// <summary>MessagePack of two integers in an array.</summary>
    public static byte[] Arguments(params int[] values)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(values.Length);
        foreach (int value in values) writer.Write(value);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>MessagePack of one integer.</summary>
    public static byte[] Integer(int value)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        writer.Write(value);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A block of headers.</summary>
    public static byte[] Headers(params (int Kind, string Name, string Value)[] headers)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(3 * headers.Length);
        foreach ((int kind, string name, string value) in headers)
        {
            writer.Write(kind);
            writer.Write(name);
            writer.Write(value);
        }

        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A message that begins with a deadline, or with headers, or with both, in that order.</summary>
    public static byte[] Message(uint? remainingMs, byte[]? headers, byte[] rest) =>
    [
        .. remainingMs is { } time ? BitConverter.GetBytes(time) : [],
        .. headers is null ? [] : BitConverter.GetBytes(headers.Length),
        .. headers ?? [],
        .. rest,
    ];

    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    public static ErrorMessage ReadError(byte[] payload) => ErrorMessage.Read(new ReadOnlySequence<byte>(payload));

    /// <summary>Splits whole frames; fails if the last one is not whole.</summary>
    public static List<(FrameHeader Header, byte[] Payload)> Split(byte[] bytes)
    {
        List<(FrameHeader, byte[])> frames = [];
        for (int at = 0; at < bytes.Length;)
        {
            FrameHeader header = FrameHeader.Read(bytes.AsSpan(at, FrameHeader.Size));
            frames.Add((header, bytes.AsSpan(at + FrameHeader.Size, (int)header.Length).ToArray()));
            at += FrameHeader.Size + (int)header.Length;
        }

        return frames;
    }
}
