using System.Buffers;

namespace SourceGen.Rpc.InProcess;

/// <summary>Copies values as a connection would: by writing and reading them.</summary>
internal static class ValueCopy
{
    /// <summary>A larger buffer is not kept for the next copy.</summary>
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>Writes a value and reads it again.</summary>
    /// <param name="value">The value.</param>
    /// <param name="writer">Writes it.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="maxSize">The most bytes that it may have.</param>
    /// <param name="size">How many it has.</param>
    /// <returns>The copy; the default value when it is too large.</returns>
    /// <exception cref="Exception">It cannot be written or read.</exception>
    public static T? Of<T>(in T value, ISerializer<T> writer, ISerializer<T> reader, int maxSize, out int size)
    {
        // Taken, not only looked at: a serializer may be user code that calls somebody.
        ArrayBufferWriter<byte> buffer = t_buffer ?? new ArrayBufferWriter<byte>();
        t_buffer = null;
        try
        {
            writer.Serialize(buffer, in value);
            size = buffer.WrittenCount;
            return size > maxSize ? default : reader.Deserialize(new ReadOnlySequence<byte>(buffer.WrittenMemory));
        }
        finally
        {
            buffer.ResetWrittenCount();
            if (buffer.Capacity <= MaxKept) t_buffer = buffer;
        }
    }
}
