using System.Buffers;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>A type of detail that an <see cref="RpcException"/> may carry.</summary>
/// <typeparam name="TDetail">The type.</typeparam>
/// <param name="name">Its name on the wire.</param>
/// <param name="shape">How it is serialized.</param>
public sealed class RpcDetailType<TDetail>(string name, TypeShape<TDetail> shape) : RpcErrorType(name, isException: false)
    where TDetail : notnull
{
    /// <inheritdoc/>
    public override bool Matches(object error) => error is TDetail;

    /// <inheritdoc/>
    public override RpcStatusCode CodeOf(Exception error) => error is RpcException rpc ? rpc.Code : RpcStatusCode.Unknown;

    /// <inheritdoc/>
    public override RpcErrorSerializer Bind(ICodec codec) => new Serializer(this, codec.GetSerializer(shape));

    private sealed class Serializer(RpcErrorType type, ISerializer<TDetail> serializer) : RpcErrorSerializer(type)
    {
        public override void Serialize(IBufferWriter<byte> writer, object error) => serializer.Serialize(writer, (TDetail)error);

        public override object? Deserialize(in ReadOnlySequence<byte> data) => serializer.Deserialize(data);
    }
}
