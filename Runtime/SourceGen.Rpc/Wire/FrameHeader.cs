using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <summary>The 16 bytes before every frame's payload, little endian: length (4), type (1), flags (1), method (2), call id (8).</summary>
internal readonly struct FrameHeader(uint length, FrameType type, FrameFlags flags, ushort method, ulong callId)
{
    public const int Size = 16;

    /// <summary>Bytes of payload after the header.</summary>
    public uint Length { get; } = length;

    public FrameType Type { get; } = type;

    public FrameFlags Flags { get; } = flags;

    /// <summary>For a request: the number the server gave the method in its hello. 0 otherwise.</summary>
    public ushort Method { get; } = method;

    /// <summary>The caller's number of the call: its slot in the low half, the slot's generation in the high half.</summary>
    public ulong CallId { get; } = callId;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        ulong front = BinaryPrimitives.ReadUInt64LittleEndian(source);
        ulong callId = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        return new FrameHeader((uint)front, (FrameType)(byte)(front >> 32), (FrameFlags)(byte)(front >> 40), (ushort)(front >> 48), callId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> destination)
    {
        ulong front = Length | ((ulong)Type << 32) | ((ulong)Flags << 40) | ((ulong)Method << 48);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, front);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], CallId);
    }
}
