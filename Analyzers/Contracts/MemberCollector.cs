using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>Lists a type's public readable members: base class first, then as declared, each overridden one once.</summary>
internal sealed class MemberCollector(ProblemSink problems)
{
    public List<MemberCandidate> Collect(INamedTypeSymbol type, UsePath path)
    {
        List<INamedTypeSymbol> chain = [];
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            // What an exception inherits from the class library, or from ours, is its own affair and not the contract's.
            if (KnownTypes.IsSystem(part) || KnownTypes.Is(part, "SourceGen.Rpc", "RpcException")) break;
            chain.Insert(0, part);
        }

        List<MemberCandidate> members = [];
        foreach (INamedTypeSymbol part in chain)
        {
            foreach (ISymbol symbol in InOrder(part))
            {
                if (Candidate(symbol, members, path) is { } member) Add(member, members, type, path);
            }
        }

        return members;
    }

    private void Add(MemberCandidate member, List<MemberCandidate> members, INamedTypeSymbol type, UsePath path)
    {
        int same = members.FindIndex(m => m.Name == member.Name);
        if (same < 0)
        {
            members.Add(member);
            return;
        }

        if (!member.Symbol.IsOverride && !members[same].IsIgnored)
        {
            problems.Report(
                DiagnosticDescriptors.HiddenMember, path.At(member.Symbol).Location, path.ToString(), member.Name, type.Name,
                members[same].Symbol.ContainingType.Name);
        }

        members[same] = member;
    }

    private MemberCandidate? Candidate(ISymbol symbol, List<MemberCandidate> members, UsePath path)
    {
        if (symbol is not (IFieldSymbol or IPropertySymbol) || symbol.IsImplicitlyDeclared) return null;
        AttributeData? key = KnownTypes.Attribute(symbol, "KeyAttribute");
        if (symbol.DeclaredAccessibility != Accessibility.Public || symbol.IsStatic || symbol is IPropertySymbol { IsIndexer: true })
        {
            if (key is not null)
                ReportKey(symbol, "is not a public instance member, so it is not serialized: make it public or remove the key", path);
            return null;
        }

        key ??= KeyOfParameter(symbol);
        bool isIgnored = KnownTypes.Attribute(symbol, "IgnoreMemberAttribute") is not null;
        if (isIgnored && key is not null) ReportKey(symbol, "is left out by [IgnoreMember]: remove one of the two attributes", path);
        if (symbol is IFieldSymbol field)
        {
            return new MemberCandidate(field, field.Type, key)
            {
                IsIgnored = isIgnored,
                IsRequired = field.IsRequired,
                IsSettable = !field.IsReadOnly,
            };
        }

        return Property((IPropertySymbol)symbol, key, isIgnored, members, path);
    }

    private MemberCandidate? Property(
        IPropertySymbol property, AttributeData? key, bool isIgnored, List<MemberCandidate> members, UsePath path)
    {
        // An override may declare only one of the accessors, and attributes stand where the member was first declared.
        MemberCandidate? overridden = property.IsOverride ? members.Find(m => m.Name == property.Name) : null;
        IPropertySymbol? original = overridden?.Symbol as IPropertySymbol;
        IMethodSymbol? get = property.GetMethod ?? original?.GetMethod;
        IMethodSymbol? set = property.SetMethod ?? original?.SetMethod;
        if (get is not { DeclaredAccessibility: Accessibility.Public })
        {
            if (key is not null) ReportKey(property, "has no public getter, so it is not serialized: add one or remove the key", path);
            return null;
        }

        key ??= original is null ? null : KnownTypes.Attribute(original, "KeyAttribute");
        return new MemberCandidate(property, property.Type, key)
        {
            IsIgnored = isIgnored || overridden is { IsIgnored: true },
            IsRequired = property.IsRequired,
            IsSettable = set is { DeclaredAccessibility: Accessibility.Public } && property.RefKind == RefKind.None,
            IsInitOnly = set is { IsInitOnly: true },
        };
    }

    private void ReportKey(ISymbol member, string reason, UsePath path) =>
        problems.Report(DiagnosticDescriptors.KeyOnUnserializedMember, path.At(member).Location, path.ToString(), member.Name, reason);

    /// <summary>A record's <c>[Key(0)] string Name</c> puts the attribute on the parameter, and a class may do the same.</summary>
    private static AttributeData? KeyOfParameter(ISymbol member)
    {
        foreach (IMethodSymbol constructor in member.ContainingType.InstanceConstructors)
        {
            foreach (IParameterSymbol parameter in constructor.Parameters)
            {
                if (!string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)) continue;
                if (KnownTypes.Attribute(parameter, "KeyAttribute") is { } key) return key;
            }
        }

        return null;
    }

    /// <summary>As declared; the parts of a partial type by file, so that the order of files in a compilation does not matter.</summary>
    private static IEnumerable<ISymbol> InOrder(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Length < 2
        ? type.GetMembers()
        : type.GetMembers()
            .OrderBy(static m => m.Locations.FirstOrDefault()?.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(static m => m.Locations.FirstOrDefault()?.SourceSpan.Start);
}
