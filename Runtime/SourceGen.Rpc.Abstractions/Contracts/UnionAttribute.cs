namespace SourceGen.Rpc;

/// <summary>
/// Lists a case of an interface or abstract class, which then stands for any of its cases: a value is written as an array of the case's
/// tag and the case itself, as its own type writes it. A case that is declared by itself has no tag. A case may be a union of its own.
/// </summary>
/// <param name="tag">
/// The number on the wire, unique in the union; it stays when types are renamed, and is never given to another case.
/// </param>
/// <param name="caseType">
/// A class or struct that derives from the union. For a generic union also an open type with as many type parameters, such as
/// <c>typeof(Ok&lt;&gt;)</c>, which gets the union's type arguments.
/// </param>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UnionAttribute(int tag, Type caseType) : Attribute
{
    /// <summary>The number on the wire.</summary>
    public int Tag { get; } = tag;

    /// <summary>The type of the case.</summary>
    public Type CaseType { get; } = caseType;
}
