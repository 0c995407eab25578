using System.Buffers;

namespace SourceGen.Rpc;

/// <summary>Writes values of one type in one codec's format. Implementations are used by many threads at once.</summary>
/// <typeparam name="T">The type it writes and reads.</typeparam>
public interface ISerializer<T>
{
    /// <summary>Writes one value.</summary>
    /// <param name="writer">Where the bytes go.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="RpcSerializationException">
    /// The value cannot be encoded. What was written before it is discarded; the connection goes on.
    /// </exception>
    void Serialize(IBufferWriter<byte> writer, in T value);

    /// <summary>
    /// Reads one value that fills <paramref name="data"/>. The data is only valid during the call: nothing may keep a slice of it.
    /// </summary>
    /// <param name="data">The encoded value, from an untrusted peer.</param>
    /// <exception cref="RpcSerializationException">
    /// The data is not a valid encoding of <typeparamref name="T"/>, or more than one.
    /// </exception>
    T Deserialize(in ReadOnlySequence<byte> data);
}
