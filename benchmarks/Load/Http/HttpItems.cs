using System.Buffers.Binary;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Load;

/// <summary>Items in the body of a response: a length, an int and a long of each, 16 bytes as the RPC's are.</summary>
internal static class HttpItems
{
    /// <summary>Bytes of an item.</summary>
    public const int Size = 16;

    private const int Content = sizeof(int) + sizeof(long);

    /// <summary>Unflushed bytes from which on the body is flushed; the RPC's frames are as large.</summary>
    private const int FlushAt = 16 * 1024;

    /// <summary>Writes items until they end or the reader is gone.</summary>
    public static async Task WriteAsync(PipeWriter body, IAsyncEnumerable<LoadItem> items, CancellationToken cancellationToken)
    {
        int unflushed = 0;
        await foreach (LoadItem item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(body.GetSpan(Size), item);
            body.Advance(Size);
            unflushed += Size;
            if (unflushed < FlushAt) continue;
            FlushResult flushed = await body.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled) return;
            unflushed = 0;
        }
    }

    /// <summary>Reads items until the body ends.</summary>
    public static async IAsyncEnumerable<LoadItem> ReadAsync(Stream body)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (await body.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false) is var count and > 0)
        {
            length += count;
            int position = 0;
            for (; length - position >= Size; position += Size) yield return Read(buffer.AsSpan(position, Size));
            buffer.AsSpan(position, length - position).CopyTo(buffer);
            length -= position;
        }
    }

    private static void Write(Span<byte> bytes, LoadItem item)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Content);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(int)..], item.Id);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[(2 * sizeof(int))..], item.Value);
    }

    private static LoadItem Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes) == Content
        ? new LoadItem(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(int)..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[(2 * sizeof(int))..]))
        : throw new LoadException("The response does not consist of items.");
}
