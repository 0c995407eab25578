using System.Text.Json;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>Writes and reads an <see cref="RpcBuffer"/> as base64, as System.Text.Json does <c>byte[]</c>.</summary>
public sealed class RpcBufferJsonConverter : JsonConverter<RpcBuffer>
{
    /// <inheritdoc/>
    public override RpcBuffer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        byte[] bytes = reader.GetBytesFromBase64();
        RpcBuffer buffer = RpcBuffer.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RpcBuffer value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.Span);
}
