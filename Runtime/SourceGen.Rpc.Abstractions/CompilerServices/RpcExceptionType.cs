using System.Buffers;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>A type of exception that arrives at the caller as itself.</summary>
/// <typeparam name="TException">The exception.</typeparam>
/// <typeparam name="TData">The generated struct that holds what of it travels.</typeparam>
/// <param name="name">Its name on the wire.</param>
/// <param name="code">See <see cref="ThrowsAttribute{TError}.Code"/>.</param>
/// <param name="shape">How the struct is serialized.</param>
/// <param name="capture">Takes what travels out of an exception.</param>
/// <param name="create">Makes an exception of what has travelled.</param>
public sealed class RpcExceptionType<TException, TData>(
    string name, RpcStatusCode code, TypeShape<TData> shape, Func<TException, TData> capture, Func<TData, TException> create)
    : RpcErrorType(name, isException: true)
    where TException : Exception
    where TData : struct
{
    /// <inheritdoc/>
    public override bool Matches(object error) => error is TException;

    /// <inheritdoc/>
    public override RpcStatusCode CodeOf(Exception error)
    {
        RpcStatusCode own = error is RpcException rpc ? rpc.Code : code;
        return own == RpcStatusCode.OK ? RpcStatusCode.Unknown : own;
    }

    /// <inheritdoc/>
    public override RpcErrorSerializer Bind(ICodec codec) => new Serializer(this, codec.GetSerializer(shape), capture, create);

    private sealed class Serializer(
        RpcErrorType type, ISerializer<TData> serializer, Func<TException, TData> capture, Func<TData, TException> create)
        : RpcErrorSerializer(type)
    {
        public override void Serialize(IBufferWriter<byte> writer, object error) =>
            serializer.Serialize(writer, capture((TException)error));

        public override object Deserialize(in ReadOnlySequence<byte> data) => create(serializer.Deserialize(data));
    }
}
