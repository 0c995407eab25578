using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SourceGen.Rpc;

/// <summary>One type's System.Text.Json contract behind the codec seam.</summary>
internal sealed class JsonValueSerializer<T>(JsonCodec codec, JsonTypeInfo<T> info) : ISerializer<T>
{
    public void Serialize(IBufferWriter<byte> writer, in T value)
    {
        Utf8JsonWriter json = codec.Writers.Rent(writer);
        try
        {
            JsonSerializer.Serialize(json, value, info);
            json.Flush();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            // A cycle, NaN, a subtype without metadata. Other exceptions are the buffer writer's own and stay what they are.
            throw new RpcSerializationException($"A value of type {typeof(T)} cannot be written as JSON: {e.Message}", e);
        }
        finally
        {
            codec.Writers.Return(json);
        }
    }

    public T Deserialize(in ReadOnlySequence<byte> data)
    {
        Utf8JsonReader reader = new(data, codec.ReaderOptions);
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(ref reader, info);

            // Anything but white space behind the value makes the reader throw.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new RpcSerializationException($"The data is not a JSON value of type {typeof(T)}: {e.Message}", e);
        }
        catch (Exception e) when (CodecErrors.IsFromUserCode(e))
        {
            throw CodecErrors.UserCodeThrew<T>(e, reader.BytesConsumed);
        }

        return value!;
    }
}
