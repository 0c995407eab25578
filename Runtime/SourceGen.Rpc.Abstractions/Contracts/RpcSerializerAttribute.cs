namespace SourceGen.Rpc;

/// <summary>
/// Leaves the serialization of a type, or of one member or parameter, to code of your own. What it writes has a name in the contract
/// (<see cref="WireFormatAttribute"/>), by which two sides find out whether they agree.
/// </summary>
/// <param name="serializer">
/// A class or struct that implements <see cref="IRpcSerializer{T}"/> of exactly the type, in public. For a generic type also an open one
/// with as many type parameters.
/// </param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Enum | AttributeTargets.Property
    | AttributeTargets.Field | AttributeTargets.Parameter, Inherited = false)]
public sealed class RpcSerializerAttribute(Type serializer) : Attribute
{
    /// <summary>The type that writes and reads.</summary>
    public Type Serializer { get; } = serializer;
}
