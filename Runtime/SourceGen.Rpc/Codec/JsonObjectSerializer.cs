using System.Buffers;
using System.Text.Json;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// What of an exception travels, as a JSON object, each member serialized by its own serializer: System.Text.Json itself cannot serialize
/// exceptions.
/// </summary>
internal sealed class JsonObjectSerializer<T> : ISerializer<T>
{
    private readonly JsonCodec _codec;
    private readonly RequestMember<T>[] _members;
    private readonly RequestMemberSerializer<T>[] _serializers;
    private readonly JsonEncodedText[] _names;
    private readonly T _initial;

    internal JsonObjectSerializer(JsonCodec codec, IReadOnlyList<RequestMember<T>> members, T initial)
    {
        _codec = codec;
        _initial = initial;
        _members = [.. members];
        _serializers = Array.ConvertAll(_members, member => member.Bind(codec));
        JsonNamingPolicy? policy = codec.Options.PropertyNamingPolicy;
        _names = Array.ConvertAll(
            _members, member => JsonEncodedText.Encode(policy?.ConvertName(member.Name) ?? member.Name, codec.Options.Encoder));
    }

    public void Serialize(IBufferWriter<byte> writer, in T value)
    {
        writer.Write("{"u8);
        for (int i = 0; i < _serializers.Length; i++)
        {
            writer.Write(i == 0 ? "\""u8 : ",\""u8);
            writer.Write(_names[i].EncodedUtf8Bytes);
            writer.Write("\":"u8);
            _serializers[i].Serialize(writer, in value);
        }

        writer.Write("}"u8);
    }

    public T Deserialize(in ReadOnlySequence<byte> data)
    {
        T value = _initial;
        Utf8JsonReader reader = new(data, _codec.ReaderOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new RpcSerializationException($"Expected a JSON object but found {reader.TokenType}.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int member = Find(reader.GetString()!);
                reader.Read();
                long start = reader.TokenStartIndex;
                reader.Skip();
                if (member >= 0) _serializers[member].Deserialize(data.Slice(start, reader.BytesConsumed - start), ref value);
            }

            // Anything but white space behind the object makes the reader throw.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new RpcSerializationException($"The data is not a JSON object: {e.Message}", e);
        }

        return value;
    }

    private int Find(string name)
    {
        StringComparison comparison = _codec.Options.PropertyNameCaseInsensitive
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        return Array.FindIndex(_names, candidate => string.Equals(candidate.Value, name, comparison));
    }
}
