using System.Buffers;
using System.Text.Json;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>The arguments of a method as a JSON array, each element serialized by its parameter's own serializer.</summary>
internal sealed class JsonRequestSerializer<T> : ISerializer<T>
{
    private readonly JsonCodec _codec;
    private readonly IReadOnlyList<RequestMember<T>> _parameters;
    private readonly RequestMemberSerializer<T>[] _serializers;
    private readonly T _initial;

    internal JsonRequestSerializer(JsonCodec codec, IReadOnlyList<RequestMember<T>> parameters, T initial)
    {
        _codec = codec;
        _parameters = parameters;
        _initial = initial;
        _serializers = new RequestMemberSerializer<T>[parameters.Count];
        for (int i = 0; i < _serializers.Length; i++) _serializers[i] = parameters[i].Bind(codec);
    }

    public void Serialize(IBufferWriter<byte> writer, in T value)
    {
        writer.Write("["u8);
        for (int i = 0; i < _serializers.Length; i++)
        {
            if (i != 0) writer.Write(","u8);
            try
            {
                _serializers[i].Serialize(writer, in value);
            }
            catch (RpcSerializationException e)
            {
                throw Named(i, e);
            }
        }

        writer.Write("]"u8);
    }

    public T Deserialize(in ReadOnlySequence<byte> data)
    {
        T request = _initial;
        Utf8JsonReader reader = new(data, _codec.ReaderOptions);
        int count = 0;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                throw new RpcSerializationException($"Expected a JSON array of arguments but found {reader.TokenType}.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                long start = reader.TokenStartIndex;
                reader.Skip();

                // A newer client may send more arguments than this contract knows.
                if (count < _serializers.Length) Deserialize(data.Slice(start, reader.BytesConsumed - start), count, ref request);
                count++;
            }

            // Anything but white space behind the array makes the reader throw.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new RpcSerializationException($"The data is not a JSON array of arguments: {e.Message}", e);
        }

        for (int i = count; i < _parameters.Count; i++)
        {
            if (!_parameters[i].Optional)
            {
                throw new RpcSerializationException(
                    $"Argument {i + 1} '{_parameters[i].Name}' is missing: the request has {count} arguments, "
                    + "and the parameter has no default value.");
            }
        }

        return request;
    }

    private void Deserialize(in ReadOnlySequence<byte> data, int index, ref T request)
    {
        try
        {
            _serializers[index].Deserialize(in data, ref request);
        }
        catch (RpcSerializationException e)
        {
            throw Named(index, e);
        }
    }

    private RpcSerializationException Named(int index, RpcSerializationException error) =>
        new($"Argument {index + 1} '{_parameters[index].Name}': {error.Message}", error);
}
