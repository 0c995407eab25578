namespace SourceGen.Rpc.Contracts;

/// <summary>An interface or abstract class with cases: an array of a tag and the case.</summary>
/// <param name="Cases">The cases, in the order in which a value is compared with them.</param>
/// <param name="Fallback">What a case with an unknown tag becomes, or null.</param>
internal sealed record UnionModel(TypeRef Ref, EquatableArray<UnionCaseModel> Cases, UnionFallbackModel? Fallback) : TypeModel(Ref);

/// <summary>How a value is recognized as a case.</summary>
internal enum CaseMatch
{
    /// <summary>By its type, from which nothing derives.</summary>
    Only,

    /// <summary>By its type, from which others may derive that are no cases.</summary>
    Exact,

    /// <summary>By whatever derives from the type, which is a union itself.</summary>
    Derived,
}

/// <summary>One case of a union.</summary>
/// <param name="Tag">Its number on the wire.</param>
/// <param name="Type">Its type.</param>
/// <param name="Match">How a value is recognized.</param>
internal sealed record UnionCaseModel(int Tag, TypeRef Type, CaseMatch Match);

/// <summary>The type that keeps a case which is not listed.</summary>
/// <param name="Type">The C# name with <c>global::</c>.</param>
/// <param name="Match">How a value is recognized.</param>
/// <param name="Member">The member that gives the unknown case back, not escaped.</param>
internal sealed record UnionFallbackModel(string Type, CaseMatch Match, string Member);
