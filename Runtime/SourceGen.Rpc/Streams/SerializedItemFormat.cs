using System.Buffers;

namespace SourceGen.Rpc.Streams;

/// <summary>Items in whatever format a serializer has, each on its own.</summary>
internal sealed class SerializedItemFormat<T>(ISerializer<T> serializer) : ItemFormat<T>
{
    public override ValueTask<bool> WriteReady(ItemBuffer buffer, IAsyncEnumerator<T> source, long allowance)
    {
        long costLimit = Math.Min(StreamCost.FrameCost, buffer.Cost + allowance);
        while (true)
        {
            T item = source.Current;
            buffer.BeginItem();
            try
            {
                serializer.Serialize(buffer, in item);
                buffer.EndItem();
            }
            catch (Exception e)
            {
                buffer.DropItem();
                throw new ItemEncodingException(e);
            }

            ValueTask<bool> next = source.MoveNextAsync();
            if (buffer.Cost >= costLimit || buffer.Length >= StreamCost.FrameSize || !next.IsCompletedSuccessfully) return next;
            if (!next.Result) return new ValueTask<bool>(false);
        }
    }

    public override Exception? Read(in ReadOnlySequence<byte> payload, ItemChunk<T> chunk, long largest)
    {
        ReadOnlySequence<byte> rest = payload;
        while (!rest.IsEmpty)
        {
            int length = ItemLength.Read(ref rest);
            if (length < 0 || length > rest.Length) ThrowMalformed();
            CheckCost(chunk, length, largest);
            try
            {
                chunk.Add(serializer.Deserialize(rest.Slice(0, length)), length);
            }
            catch (Exception e)
            {
                return e;
            }

            rest = rest.Slice(length);
        }

        return null;
    }
}
