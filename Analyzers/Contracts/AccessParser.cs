using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// The rules of <c>[RequireAuthorization]</c> and <c>[AllowAnonymous]</c>. From the method over the interface that declares it to the
/// service, requirements add up; an <c>[AllowAnonymous]</c> ends the search, and holds if nothing nearer asked for anything.
/// </summary>
internal sealed class AccessParser(INamedTypeSymbol service, ProblemSink problems)
{
    private readonly Dictionary<INamedTypeSymbol, AccessModel> _interfaces = new(SymbolEqualityComparer.Default);

    /// <summary>Who may call a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="place">Where to speak about it.</param>
    /// <param name="name">What to call it.</param>
    public AccessModel Parse(IMethodSymbol method, ISymbol place, string name)
    {
        AccessModel own = Read(method, place, $"Method '{name}'");
        List<AccessModel> levels = [own, Of(method.ContainingType)];
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingType, service)) levels.Add(Of(service));
        List<RequirementModel> requirements = [];
        foreach (AccessModel level in levels)
        {
            if (level.AllowsAnonymous) return new AccessModel(requirements.ToEquatableArray(), requirements.Count == 0);
            requirements.AddRange(level.Requirements);
        }

        return new AccessModel(requirements.ToEquatableArray(), AllowsAnonymous: false);
    }

    /// <summary>What an interface says of its methods; what is wrong there is reported once.</summary>
    private AccessModel Of(INamedTypeSymbol type)
    {
        if (_interfaces.TryGetValue(type, out AccessModel? known)) return known;
        ISymbol place = type.Locations.Any(static l => l.IsInSource) ? type : service;
        AccessModel access = Read(type, place, $"Interface '{type.Name}'");
        _interfaces.Add(type, access);
        return access;
    }

    private AccessModel Read(ISymbol symbol, ISymbol place, string name)
    {
        List<RequirementModel> requirements = [];
        foreach (AttributeData attribute in KnownTypes.AuthorizationAttributes(symbol))
        {
            string? policy = attribute.ConstructorArguments.FirstOrDefault().Value as string;
            string[]? roles = RolesOf(attribute);
            if (WhatIsEmpty(policy, roles) is { } empty) problems.Report(DiagnosticDescriptors.InvalidAuthorization, place, name, empty);
            requirements.Add(new RequirementModel(policy, (roles ?? []).ToEquatableArray()));
        }

        bool anonymous = KnownTypes.AllowsAnonymous(symbol);
        if (anonymous && requirements.Count > 0) problems.Report(DiagnosticDescriptors.ContradictoryAuthorization, place, name);
        return new AccessModel(requirements.ToEquatableArray(), anonymous);
    }

    private static string[]? RolesOf(AttributeData attribute)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Roles", Value: { Kind: TypedConstantKind.Array, IsNull: false, Values: var roles } })
                return [.. roles.Select(static r => r.Value as string ?? "")];
        }

        return null;
    }

    private static string? WhatIsEmpty(string? policy, string[]? roles)
    {
        if (policy is not null && string.IsNullOrWhiteSpace(policy)) return "an empty policy";
        if (roles is { Length: 0 }) return "an empty list of roles, which nobody would fulfil";
        return roles?.Any(string.IsNullOrWhiteSpace) is true ? "an empty role" : null;
    }
}
