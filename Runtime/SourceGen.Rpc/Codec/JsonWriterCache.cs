using System.Buffers;
using System.Text.Json;

namespace SourceGen.Rpc;

/// <summary>One Utf8JsonWriter a thread, because making one for every value would be most of the garbage of a call.</summary>
internal sealed class JsonWriterCache(JsonSerializerOptions options)
{
    // A cached writer must not keep a connection's output alive; nothing is ever written here.
    private static readonly ArrayBufferWriter<byte> _nowhere = new();

    [ThreadStatic]
    private static JsonWriterCache? _owner;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private readonly JsonWriterOptions _options = new()
    {
        Encoder = options.Encoder,
        MaxDepth = options.MaxDepth,
        SkipValidation = true,
    };

    /// <summary>Takes the thread's writer; a converter that serializes again meanwhile gets another one.</summary>
    internal Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        Utf8JsonWriter? writer = _writer;
        if (writer is null || _owner != this) return new Utf8JsonWriter(output, _options);
        _writer = null;
        writer.Reset(output);
        return writer;
    }

    /// <summary>Gives a writer back, whatever state it is in.</summary>
    internal void Return(Utf8JsonWriter writer)
    {
        writer.Reset(_nowhere);
        _writer = writer;
        _owner = this;
    }
}
