namespace SourceGen.Rpc;

/// <summary>
/// Says what the reader makes of a case that a union (<see cref="UnionAttribute"/>) does not list: a peer with a later contract may send
/// one. Without it such a value is an error. Written again, the fallback is the case that was read, byte for byte.
/// </summary>
/// <param name="caseType">
/// A class or struct that derives from the union, with a public constructor that takes an <see cref="UnknownCase"/> and a public member
/// that gives it back: <c>record OtherShape(UnknownCase Case) : IShape</c>.
/// </param>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Class, Inherited = false)]
public sealed class UnionFallbackAttribute(Type caseType) : Attribute
{
    /// <summary>The type that holds the unknown case.</summary>
    public Type CaseType { get; } = caseType;
}
