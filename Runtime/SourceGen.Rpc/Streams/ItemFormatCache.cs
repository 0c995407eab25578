using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Streams;

/// <summary>
/// The format of one method's items on the connection that was used last: those of one client nearly always agree on one codec.
/// </summary>
internal sealed class ItemFormatCache<T>(TypeShape<T> shape)
{
    private Entry? _last;

    /// <summary>Gets the items' format in a codec.</summary>
    /// <exception cref="NotSupportedException">The codec cannot serialize the items.</exception>
    public ItemFormat<T> Get(ICodec codec)
    {
        Entry? last = _last;
        if (last?.Codec == codec) return last.Format;
        Entry entry = new(codec, ItemFormat<T>.Create(codec.GetSerializer(shape)));
        _last = entry;
        return entry.Format;
    }

    private sealed record Entry(ICodec Codec, ItemFormat<T> Format);
}
