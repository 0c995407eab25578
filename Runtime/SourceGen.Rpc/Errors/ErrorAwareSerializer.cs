using System.Buffers;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Errors;

/// <summary>
/// The serializer of a result together with the errors that may come instead. It spares the calls of methods that declare none a field, and
/// the time to fill it.
/// </summary>
internal sealed class ErrorAwareSerializer<T>(ISerializer<T> results, DeclaredErrors errors) : ISerializer<T>
{
    public DeclaredErrors Errors => errors;

    public void Serialize(IBufferWriter<byte> writer, in T value) => results.Serialize(writer, in value);

    public T Deserialize(in ReadOnlySequence<byte> data) => results.Deserialize(in data);
}

/// <summary>Makes <see cref="ErrorAwareSerializer{T}"/>s where there is something to be aware of.</summary>
internal static class ErrorAwareSerializer
{
    /// <summary>Adds the errors that a method declares to the serializer of its results.</summary>
    /// <returns>The serializer itself when the method declares none.</returns>
    public static ISerializer<T> Add<T>(RpcMethod method, ICodec codec, ISerializer<T> results) =>
        DeclaredErrors.Bind(method, codec) is { } errors ? new ErrorAwareSerializer<T>(results, errors) : results;
}
