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
/// Which constructor the reader calls: the public parameterless one; else, of the public ones whose every parameter matches a member by
/// name (whatever the case) or has a default value, the one with the most parameters. A struct's implicit constructor comes last.
/// </summary>
internal sealed class ConstructorRules(Compilation compilation)
{
    public ConstructorChoice? Choose(INamedTypeSymbol type, IReadOnlyList<MemberCandidate> members)
    {
        IEnumerable<IMethodSymbol> candidates = type.InstanceConstructors
            .Where(static c => c.DeclaredAccessibility == Accessibility.Public && !KnownTypes.IsObsoleteAsError(c))
            .OrderBy(c => c.Parameters.Length == 0 ? (c.IsImplicitlyDeclared && type.IsValueType ? 2 : 0) : 1)
            .ThenByDescending(static c => c.Parameters.Length)
            .ThenBy(static c => c.Parameters.Length == 0 ? "" : c.ToDisplayString(), StringComparer.Ordinal);
        foreach (IMethodSymbol candidate in candidates)
        {
            if (Match(candidate, members) is { } choice) return choice;
        }

        return null;
    }

    private ConstructorChoice? Match(IMethodSymbol constructor, IReadOnlyList<MemberCandidate> members)
    {
        MemberCandidate?[] matched = new MemberCandidate?[constructor.Parameters.Length];
        for (int i = 0; i < matched.Length; i++)
        {
            IParameterSymbol parameter = constructor.Parameters[i];
            if (parameter.RefKind is not (RefKind.None or RefKind.In)) return null;
            MemberCandidate? member = members.FirstOrDefault(m => m.Name == parameter.Name)
                ?? members.FirstOrDefault(m => string.Equals(m.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
            bool fits = member is { IsIgnored: false } && Fits(compilation, member.Type, parameter.Type) && !matched.Contains(member);
            if (fits) matched[i] = member;
            else if (member is not { IsIgnored: true } && !parameter.HasExplicitDefaultValue) return null;
        }

        return new ConstructorChoice(constructor, matched);
    }

    /// <summary>Whether a member's value can be passed to a parameter without changing it.</summary>
    public static bool Fits(Compilation compilation, ITypeSymbol from, ITypeSymbol to)
    {
        Conversion conversion = compilation.ClassifyConversion(from, to);
        return conversion.IsIdentity
            || (conversion is { IsImplicit: true, IsUserDefined: false } && (conversion.IsReference || conversion.IsNullable));
    }
}
