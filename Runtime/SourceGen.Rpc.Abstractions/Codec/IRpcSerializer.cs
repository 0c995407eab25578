using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc;

/// <summary>Writes and reads a type as MessagePack in a way of its own; see <see cref="RpcSerializerAttribute"/>.</summary>
/// <typeparam name="T">The type. Null and <see cref="Nullable{T}"/> are not its concern: they are nil, and never reach it.</typeparam>
public interface IRpcSerializer<T>
{
    /// <summary>Writes exactly one MessagePack value, of any kind but nil.</summary>
    /// <param name="writer">Where it goes. Around elements that may nest, call its Enter and Leave.</param>
    /// <param name="value">The value, never null.</param>
    static abstract void Write(ref MessagePackWriter writer, in T value);

    /// <summary>Reads exactly one MessagePack value, from a peer that is not trusted.</summary>
    /// <param name="reader">Where it comes from; nil does not come.</param>
    /// <exception cref="RpcSerializationException">What was read is no value of the type. Other exceptions become one.</exception>
    static abstract T Read(ref MessagePackReader reader);
}
