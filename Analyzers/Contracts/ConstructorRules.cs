using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Contracts;

/// <summary>A constructor that the reader can call, with the member that each parameter gets.</summary>
/// <param name="Symbol">The constructor.</param>
/// <param name="Members">By parameter: the member whose value is passed, or null when the parameter's default is.</param>
internal sealed record ConstructorChoice(IMethodSymbol Symbol, IReadOnlyList<MemberCandidate?> Members)
{
    public bool SetsRequiredMembers { get; } =
        Symbol.GetAttributes().Any(static a => a.AttributeClass?.Name == "SetsRequiredMembersAttribute");
}

/// <summary>
/// Which constructor the reader calls: the one with <c>[SerializationConstructor]</c>. Else, of the public ones whose every parameter
/// matches a member (by name, whatever the case, or by a key of its own) or has a default value: the one that sets most of the members
/// that nothing else sets; of those the one without parameters, or else with the most. A struct's implicit constructor comes last.
/// </summary>
internal sealed class ConstructorRules(Compilation compilation)
{
    public ConstructorChoice? Choose(INamedTypeSymbol type, IReadOnlyList<MemberCandidate> members)
    {
        if (Marked(type).FirstOrDefault() is { } marked)
            return marked.DeclaredAccessibility == Accessibility.Public ? Match(marked, members) : null;
        return type.InstanceConstructors
            .Where(static c => c.DeclaredAccessibility == Accessibility.Public && !KnownTypes.IsObsoleteAsError(c))
            .Select(c => Match(c, members))
            .OfType<ConstructorChoice>()
            .OrderByDescending(static c => c.Members.Count(static m => m is { CanBeSet: false }))
            .ThenBy(c => c.Symbol.Parameters.Length == 0 ? (c.Symbol.IsImplicitlyDeclared && type.IsValueType ? 2 : 0) : 1)
            .ThenByDescending(static c => c.Symbol.Parameters.Length)
            .ThenBy(static c => c.Symbol.Parameters.Length == 0 ? "" : c.Symbol.ToDisplayString(), StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>The constructors that an attribute names.</summary>
    public static IEnumerable<IMethodSymbol> Marked(INamedTypeSymbol type) =>
        type.InstanceConstructors.Where(static c => KnownTypes.SharedAttribute(c, "SerializationConstructorAttribute") is not null);

    private ConstructorChoice? Match(IMethodSymbol constructor, IReadOnlyList<MemberCandidate> members)
    {
        MemberCandidate?[] matched = new MemberCandidate?[constructor.Parameters.Length];
        for (int i = 0; i < matched.Length; i++)
        {
            IParameterSymbol parameter = constructor.Parameters[i];
            if (parameter.RefKind is not (RefKind.None or RefKind.In)) return null;
            MemberCandidate? member = members.FirstOrDefault(m => m.Name == parameter.Name)
                ?? members.FirstOrDefault(m => string.Equals(m.Name, parameter.Name, StringComparison.OrdinalIgnoreCase))
                ?? ByKey(parameter, members);
            bool fits = member is { IsIgnored: false } && Fits(compilation, member.Type, parameter.Type) && !matched.Contains(member);
            if (fits) matched[i] = member;
            else if (member is not { IsIgnored: true } && !parameter.HasExplicitDefaultValue) return null;
        }

        return new ConstructorChoice(constructor, matched);
    }

    /// <summary>The member with the key that stands on the parameter.</summary>
    private static MemberCandidate? ByKey(IParameterSymbol parameter, IReadOnlyList<MemberCandidate> members) =>
        MemberAttributes.OwnKey(parameter, isListed: false) is { } key
            ? members.FirstOrDefault(m => key.Index is null ? (m.KeyName ?? m.Name) == key.Name : m.Index == key.Index)
            : null;

    /// <summary>Whether a member's value can be passed to a parameter without changing it.</summary>
    public static bool Fits(Compilation compilation, ITypeSymbol from, ITypeSymbol to)
    {
        Conversion conversion = compilation.ClassifyConversion(from, to);
        return conversion.IsIdentity
            || (conversion is { IsImplicit: true, IsUserDefined: false } && (conversion.IsReference || conversion.IsNullable));
    }
}
