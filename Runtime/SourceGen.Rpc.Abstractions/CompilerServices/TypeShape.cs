using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// What the generator knows about one serialized type: how MessagePack writes and reads it and, for the arguments of a method, its
/// parts, so that a codec of another format can serialize each part with means of its own.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="write">Writes a value as MessagePack.</param>
/// <param name="read">Reads a value from MessagePack.</param>
public sealed class TypeShape<T>(MessagePackWrite<T> write, MessagePackRead<T> read)
{
    /// <summary>Writes a value as MessagePack.</summary>
    public MessagePackWrite<T> Write { get; } = write;

    /// <summary>Reads a value from MessagePack.</summary>
    public MessagePackRead<T> Read { get; } = read;

    /// <summary>
    /// For the generated struct that holds a method's arguments: the parameters in order, possibly none. Null for every other type.
    /// </summary>
    public IReadOnlyList<RequestMember<T>>? Parameters { get; init; }

    /// <summary>
    /// For the generated struct that holds what of an exception travels: the members, which a codec writes by name. Null for every other
    /// type.
    /// </summary>
    public IReadOnlyList<RequestMember<T>>? Members { get; init; }

    /// <summary>
    /// For a request, and for what of an exception travels: the value to start reading from, in which parts with default values have them.
    /// </summary>
    public T? Initial { get; init; }

    /// <summary>
    /// For a request: the hash of the parameters with <see cref="HashKeyAttribute">[HashKey]</see>; null when there is none, and for every other
    /// type.
    /// </summary>
    public RequestKey<T>? Key { get; init; }
}
