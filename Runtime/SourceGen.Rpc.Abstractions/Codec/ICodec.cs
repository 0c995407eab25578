using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// Turns values into bytes and back. Client and server agree on a codec by its <see cref="Name"/> when a connection opens, and use
/// it for every argument and result on that connection.
/// </summary>
public interface ICodec
{
    /// <summary>
    /// The name both sides compare, such as <c>msgpack</c> or <c>json</c>: 1 to 32 lower-case ASCII letters, digits, dots or dashes.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Gets the serializer for the type that <paramref name="shape"/> describes. Called once per type and method when a service is
    /// bound, never on the call path.
    /// </summary>
    /// <param name="shape">What the source generator knows about the type.</param>
    /// <exception cref="NotSupportedException">
    /// The codec cannot serialize <typeparamref name="T"/>; the message says what is missing.
    /// </exception>
    ISerializer<T> GetSerializer<T>(TypeShape<T> shape);
}
