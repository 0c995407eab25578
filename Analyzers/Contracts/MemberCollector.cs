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

        bool isByName = MemberAttributes.IsByName(type);
        bool isOptIn = MemberAttributes.IsDataContract(type);
        List<MemberCandidate> members = [];
        foreach (INamedTypeSymbol part in chain)
        {
            bool isListed = isOptIn || MemberAttributes.IsDataContract(part);
            foreach (ISymbol symbol in InOrder(part))
            {
                if (Candidate(symbol, isListed, isByName, path) is { } member) Add(member, members, type, path);
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

    private MemberCandidate? Candidate(ISymbol symbol, bool isListed, bool isByName, UsePath path)
    {
        if (symbol is not (IFieldSymbol or IPropertySymbol) || symbol.IsImplicitlyDeclared) return null;
        if (symbol.DeclaredAccessibility != Accessibility.Public || symbol.IsStatic || symbol is IPropertySymbol { IsIndexer: true })
        {
            const string Reason = "is not a public instance member, so it is not serialized: make it public or remove the attribute";
            if (MemberAttributes.OwnKey(symbol, isListed) is { } useless) ReportKey(symbol, useless, Reason, path);
            return null;
        }

        MemberKey? key = isByName ? null : MemberAttributes.KeyOf(symbol, isListed);
        bool isIgnored = MemberAttributes.IsIgnored(symbol);
        if (isIgnored && key is not null)
            ReportKey(symbol, key, "is left out by [IgnoreMember] or [IgnoreDataMember]: remove one of the two attributes", path);
        if (symbol is not IFieldSymbol field) return Property((IPropertySymbol)symbol, key, isIgnored, isListed, path);
        return new MemberCandidate(field, field.Type, key)
        {
            IsIgnored = isIgnored || IsNotListed(field.Type, key, isListed),
            IsRequired = field.IsRequired,
            IsSettable = !field.IsReadOnly,
        };
    }

    private MemberCandidate? Property(IPropertySymbol property, MemberKey? key, bool isIgnored, bool isListed, UsePath path)
    {
        // An override may declare only one of the accessors.
        IMethodSymbol? get = Accessor(property, static p => p.GetMethod);
        IMethodSymbol? set = Accessor(property, static p => p.SetMethod);
        if (get is not { DeclaredAccessibility: Accessibility.Public })
        {
            if (key is not null)
                ReportKey(property, key, "has no public getter, so it is not serialized: add one or remove the attribute", path);
            return null;
        }

        bool isSettable = set is { DeclaredAccessibility: Accessibility.Public } && property.RefKind == RefKind.None;

        // Not what is accessible here: a type is the same in every assembly. And unless an attribute says otherwise, who keeps the setter
        // to himself has a value that he computes.
        bool isMeant = key is not null || IsForUnknown(property.Type);
        return new MemberCandidate(property, property.Type, key)
        {
            IsIgnored = isIgnored || IsNotListed(property.Type, key, isListed),
            IsRequired = property.IsRequired,
            IsSettable = isSettable,
            IsInitOnly = isSettable && set!.IsInitOnly,
            HiddenSetter = isSettable || !isMeant || property.RefKind != RefKind.None ? null : set,
        };
    }

    private static bool IsNotListed(ITypeSymbol type, MemberKey? key, bool isListed) => isListed && key is null && !IsForUnknown(type);

    private static bool IsForUnknown(ITypeSymbol type) =>
        type is INamedTypeSymbol named && KnownTypes.Is(named, "SourceGen.Rpc", "UnknownMembers");

    private static IMethodSymbol? Accessor(IPropertySymbol property, Func<IPropertySymbol, IMethodSymbol?> accessor)
    {
        for (IPropertySymbol? part = property; part is not null; part = part.OverriddenProperty)
        {
            if (accessor(part) is { } found) return found;
        }

        return null;
    }

    private void ReportKey(ISymbol member, MemberKey key, string reason, UsePath path) => problems.Report(
        DiagnosticDescriptors.KeyOnUnserializedMember, path.At(member).Location, path.ToString(), member.Name, key.Attribute, reason);

    /// <summary>As declared; the parts of a partial type by file, so that the order of files in a compilation does not matter.</summary>
    private static IEnumerable<ISymbol> InOrder(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Length < 2
        ? type.GetMembers()
        : type.GetMembers()
            .OrderBy(static m => m.Locations.FirstOrDefault()?.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(static m => m.Locations.FirstOrDefault()?.SourceSpan.Start);
}
