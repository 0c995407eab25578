using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>How a collection of the class library is walked, and the name of the generic type that the reader makes for it.</summary>
internal sealed record KnownCollection(CollectionAccess Access, string BuiltAs);

/// <summary>The collections of System.Collections.Generic that can be serialized.</summary>
internal static class KnownCollections
{
    private static readonly Dictionary<string, KnownCollection> ByName = new(StringComparer.Ordinal)
    {
        ["List`1"] = new(CollectionAccess.List, "List"),
        ["IList`1"] = new(CollectionAccess.Counted, "List"),
        ["ICollection`1"] = new(CollectionAccess.Counted, "List"),
        ["IReadOnlyList`1"] = new(CollectionAccess.Counted, "List"),
        ["IReadOnlyCollection`1"] = new(CollectionAccess.Counted, "List"),
        ["IEnumerable`1"] = new(CollectionAccess.Sequence, "List"),
        ["HashSet`1"] = new(CollectionAccess.Concrete, "HashSet"),
        ["ISet`1"] = new(CollectionAccess.Counted, "HashSet"),
        ["IReadOnlySet`1"] = new(CollectionAccess.Counted, "HashSet"),
        ["Dictionary`2"] = new(CollectionAccess.Concrete, "Dictionary"),
        ["IDictionary`2"] = new(CollectionAccess.Counted, "Dictionary"),
        ["IReadOnlyDictionary`2"] = new(CollectionAccess.Counted, "Dictionary"),
    };

    public static KnownCollection? Find(INamedTypeSymbol type) =>
        KnownTypes.Is(type, "System.Collections.Generic", type.Name, type.Arity)
        && ByName.TryGetValue(type.MetadataName, out KnownCollection? known)
            ? known
            : null;
}
