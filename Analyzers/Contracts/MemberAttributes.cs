using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// What attributes say about a member. They may stand on the member, on the constructor parameter of the same name (as a record has
/// them), or on the member that it overrides; and they may be those of MessagePack-CSharp or of System.Runtime.Serialization.
/// </summary>
internal static class MemberAttributes
{
    private const string DataContracts = "System.Runtime.Serialization";

    /// <summary>The key that an attribute gives the member, or null.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isListed">Whether it is a data contract's, where <c>[DataMember]</c> counts.</param>
    public static MemberKey? KeyOf(ISymbol member, bool isListed) =>
        Places(member).Select(place => OwnKey(place, isListed)).FirstOrDefault(static key => key is not null);

    /// <summary>The key that an attribute on this very symbol gives, or null.</summary>
    public static MemberKey? OwnKey(ISymbol symbol, bool isListed)
    {
        if (KnownTypes.SharedAttribute(symbol, "KeyAttribute") is { ConstructorArguments.Length: 1 } key)
        {
            object? value = key.ConstructorArguments[0].Value;
            return new MemberKey(value as int?, value is int ? null : value as string ?? "", "a [Key]");
        }

        if (!isListed || KnownTypes.Attribute(symbol, "DataMemberAttribute", DataContracts) is not { } member) return null;
        return KnownTypes.NamedArgument(member, "Order") is int order and >= 0
            ? new MemberKey(order, null, "[DataMember]")
            : new MemberKey(null, KnownTypes.NamedArgument(member, "Name") as string, "[DataMember]");
    }

    /// <summary>Whether an attribute leaves the member out.</summary>
    public static bool IsIgnored(ISymbol member) => Places(member).Any(static place =>
        KnownTypes.SharedAttribute(place, "IgnoreMemberAttribute") is not null
        || KnownTypes.Attribute(place, "IgnoreDataMemberAttribute", DataContracts) is not null);

    /// <summary>Whether only the members with <c>[DataMember]</c> (or a key) of this type are serialized.</summary>
    public static bool IsDataContract(INamedTypeSymbol type) =>
        KnownTypes.Attribute(type, "DataContractAttribute", DataContracts) is not null;

    /// <summary>Whether MessagePack-CSharp takes the names of the type's members as their keys, and looks at no others.</summary>
    public static bool IsByName(INamedTypeSymbol type) =>
        KnownTypes.Attribute(type, "MessagePackObjectAttribute", KnownTypes.MessagePack) is { } attribute
        && attribute.ConstructorArguments.Any(static a => a.Value is true);

    /// <summary>An attribute of this library, wherever it stands for the member.</summary>
    public static AttributeData? Find(ISymbol member, string name) =>
        Places(member).Select(place => KnownTypes.Attribute(place, name)).FirstOrDefault(static a => a is not null);

    /// <summary>An attribute of MessagePack-CSharp, wherever it stands for the member.</summary>
    public static AttributeData? FindForeign(ISymbol member, string name) =>
        Places(member).Select(place => KnownTypes.Attribute(place, name, KnownTypes.MessagePack)).FirstOrDefault(static a => a is not null);

    private static IEnumerable<ISymbol> Places(ISymbol member)
    {
        for (ISymbol? place = member; place is not null; place = (place as IPropertySymbol)?.OverriddenProperty)
        {
            yield return place;
            if (place is not (IPropertySymbol or IFieldSymbol)) continue;
            foreach (IMethodSymbol constructor in place.ContainingType.InstanceConstructors)
            {
                foreach (IParameterSymbol parameter in constructor.Parameters)
                {
                    if (string.Equals(parameter.Name, place.Name, StringComparison.OrdinalIgnoreCase)) yield return parameter;
                }
            }
        }
    }
}
