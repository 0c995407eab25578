using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>Where in the code the parts of a contract are declared.</summary>
/// <param name="Service">The interface.</param>
/// <param name="Methods">Its methods, by wire name.</param>
/// <param name="Types">The objects and enums that they reach, by their names in the schema.</param>
internal sealed record ContractSymbols(
    INamedTypeSymbol Service, IReadOnlyDictionary<string, IMethodSymbol> Methods, IReadOnlyDictionary<string, INamedTypeSymbol> Types)
{
    /// <summary>
    /// The best place in the source to speak about a part: the member, else its type; the parameter, else its method; else the service.
    /// What another assembly declares has no place here.
    /// </summary>
    public ISymbol Find(string? type, string? member, string? method, string? parameter)
    {
        if (type is not null && Types.TryGetValue(type, out INamedTypeSymbol? declared) && InSource(declared))
            return member is not null && MemberOf(declared, member) is { } found && InSource(found) ? found : declared;
        if (method is null || !Methods.TryGetValue(method, out IMethodSymbol? symbol)) return Service;
        if (!ReferenceEquals(ServiceParser.Place(symbol, Service), symbol) && !InSource(symbol)) return Service;
        return symbol.Parameters.FirstOrDefault(p => p.Name == parameter) is { } at ? at : symbol;
    }

    private static bool InSource(ISymbol symbol) => symbol.Locations.Any(static l => l.IsInSource);

    /// <summary>The field or property with a key: by its attribute, else by its name.</summary>
    private static ISymbol? MemberOf(INamedTypeSymbol type, string key)
    {
        ISymbol? named = null;
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            foreach (ISymbol member in part.GetMembers())
            {
                if (member is not (IFieldSymbol or IPropertySymbol) || member.IsImplicitlyDeclared) continue;
                if (KeyOf(member) == key) return member;
                if (member.Name == key) named ??= member;
            }
        }

        return named;
    }

    /// <summary>The key that an attribute gives a member.</summary>
    private static string? KeyOf(ISymbol member)
    {
        MemberKey? key = MemberAttributes.KeyOf(member, MemberAttributes.IsDataContract(member.ContainingType));
        return key?.Index?.ToString(CultureInfo.InvariantCulture) ?? key?.Name;
    }
}
