using System.Buffers;
using System.Text.Json.Serialization;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// Bytes in pooled memory, for payloads that are too large to allocate an array for each call. It travels as <c>byte[]</c> does, and can
/// be a whole parameter or the whole result of a method.
/// </summary>
/// <remarks>
/// <para>Somebody owns a buffer at any time, and disposes of it when it is no longer used:</para>
/// <list type="bullet">
/// <item>An argument is the caller's, who disposes of it after the call has completed.</item>
/// <item>What an implementation gets as an argument is the call's: it may be used until the method has completed, and the engine then
/// disposes of it. An implementation that wants to keep the bytes copies them.</item>
/// <item>What an implementation returns belongs to the engine from then on, which disposes of it when it is written. Returning an argument
/// is fine; returning one buffer from two calls is not.</item>
/// <item>A result is the caller's.</item>
/// </list>
/// <para>A buffer that nobody disposes of is collected as any other object; only its memory does not go back to the pool.</para>
/// <para>Not safe for use by several threads at once, except for <see cref="Dispose"/>.</para>
/// </remarks>
[JsonConverter(typeof(RpcBufferJsonConverter))]
public sealed class RpcBuffer : IMemoryOwner<byte>
{
    private static long _inUse;
    private byte[]? _bytes;

    private RpcBuffer(byte[] bytes, int length)
    {
        _bytes = bytes;
        Length = length;
    }

    /// <summary>
    /// How many buffers of this process were made and not disposed of yet. A number that grows without end means that somebody forgets to.
    /// </summary>
    public static long InUse => Interlocked.Read(ref _inUse);

    /// <summary>How many bytes it holds.</summary>
    public int Length { get; }

    /// <summary>The bytes. The memory must not be used after <see cref="Dispose"/>, when it may be another buffer's.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public Memory<byte> Memory => Bytes.AsMemory(0, Length);

    /// <summary>The bytes. The span must not be used after <see cref="Dispose"/>, when it may be another buffer's.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public Span<byte> Span => Bytes.AsSpan(0, Length);

    private byte[] Bytes => Volatile.Read(ref _bytes) ?? throw new ObjectDisposedException(
        nameof(RpcBuffer),
        "The buffer was disposed of. An argument is disposed of when its method completes: copy the bytes that are needed longer.");

    /// <summary>Takes memory from the pool. Its bytes are whatever was there before.</summary>
    /// <param name="length">How many bytes the buffer holds: exactly that many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static RpcBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        RpcBuffer buffer = new(ArrayPool<byte>.Shared.Rent(length), length);
        Interlocked.Increment(ref _inUse);
        return buffer;
    }

    /// <summary>Gives the memory back to the pool. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is not { } bytes) return;
        Interlocked.Decrement(ref _inUse);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
