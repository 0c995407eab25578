using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// The default codec: MessagePack, written and read by the serializers that the source generator emits. docs/codec.md says what each type
/// looks like.
/// </summary>
public sealed class MessagePackCodec : ICodec
{
    private MessagePackCodec()
    {
    }

    /// <summary>The only instance; the codec has no settings and no state.</summary>
    public static MessagePackCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "msgpack";

    /// <inheritdoc/>
    public ISerializer<T> GetSerializer<T>(TypeShape<T> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new MessagePackSerializer<T>(shape);
    }
}
