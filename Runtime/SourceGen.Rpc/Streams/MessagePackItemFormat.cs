using System.Buffers;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Streams;

/// <summary>Items in MessagePack: one writer, or one reader, for a whole frame.</summary>
internal sealed class MessagePackItemFormat<T>(MessagePackSerializer<T> serializer) : ItemFormat<T>
{
    private readonly MessagePackWrite<T> _write = serializer.Write;
    private readonly MessagePackRead<T> _read = serializer.Read;

    public override ValueTask<bool> WriteReady(ItemBuffer buffer, IAsyncEnumerator<T> source, long allowance)
    {
        MessagePackWriter writer = new(buffer);
        long costLimit = Math.Min(StreamCost.FrameCost, buffer.Cost + allowance);
        bool encoding = false;
        try
        {
            while (true)
            {
                T item = source.Current;
                encoding = true;
                buffer.BeginItem(ref writer);
                _write(ref writer, in item);
                buffer.EndItem(ref writer);
                encoding = false;
                ValueTask<bool> next = source.MoveNextAsync();
                bool full = buffer.Cost >= costLimit || buffer.Length + writer.Unflushed >= StreamCost.FrameSize;
                if (full || !next.IsCompletedSuccessfully)
                {
                    writer.Flush();
                    return next;
                }

                if (next.Result) continue;
                writer.Flush();
                return new ValueTask<bool>(false);
            }
        }
        catch (Exception e) when (encoding)
        {
            writer.Flush();
            buffer.DropItem();
            throw new ItemEncodingException(e);
        }
        catch
        {
            writer.Flush(); // The source threw; what it gave before goes out.
            throw;
        }
    }

    public override Exception? Read(in ReadOnlySequence<byte> payload, ItemChunk<T> chunk, long largest)
    {
        MessagePackReader reader = new(payload);
        bool decoding = false;
        try
        {
            do
            {
                int length = reader.ReadItemLength();
                if (length < 0) ThrowMalformed();
                CheckCost(chunk, length, largest);
                long end = reader.Consumed + length;
                decoding = true;
                T item = _read(ref reader);
                decoding = false;
                if (reader.Consumed != end) return CodecErrors.TrailingBytes<T>(reader.Consumed, end);
                chunk.Add(item, length);
            }
            while (!reader.End);
            return null;
        }
        catch (Exception e) when (decoding)
        {
            return CodecErrors.IsFromUserCode(e) ? CodecErrors.UserCodeThrew<T>(e, reader.Consumed) : e;
        }
    }
}
