namespace SourceGen.Rpc;

/// <summary>What the codecs of this assembly say when a value cannot be read.</summary>
internal static class CodecErrors
{
    /// <summary>
    /// Reading runs constructors and setters of the user's types with values that a peer chose. What they throw is the fault of the
    /// data and must not look like a fault of the engine; only exhausted memory is nobody's fault here.
    /// </summary>
    internal static bool IsFromUserCode(Exception exception) => exception is not (RpcSerializationException or OutOfMemoryException);

    internal static RpcSerializationException UserCodeThrew<T>(Exception exception, long offset) => new(
        $"A value of type {typeof(T)} could not be created from the data before offset {offset}: its constructor or a setter threw "
        + $"{exception.GetType().Name}. Its message is in the inner exception.",
        exception);

    internal static RpcSerializationException TrailingBytes<T>(long end, long length) => new(
        $"A value of type {typeof(T)} ended at offset {end}, but the data has {length} bytes. One message holds one value: "
        + "the peers probably disagree on the type.");
}
