using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>How a collection of the class library is written, and what the reader makes.</summary>
/// <param name="Space">Its namespace.</param>
/// <param name="Access">How it is walked.</param>
/// <param name="BuiltAs">The generic type that elements are gathered in; empty for an array.</param>
/// <param name="Finish">
/// The expression that makes the collection of <c>items</c>, with {0} for the type arguments; empty where they are it.
/// </param>
internal sealed record KnownCollection(string Space, CollectionAccess Access, string BuiltAs, string Finish = "")
{
    /// <summary>The expression that is walked.</summary>
    public string Items { get; init; } = "value";

    /// <summary>The expression that tells a struct's default value, which is nil; empty where no value is.</summary>
    public string NilTest { get; init; } = "";

    /// <summary>Whether what is written first is what was added last.</summary>
    public bool IsReversed { get; init; }

    /// <summary>Whether elements, keys or priorities must have an order.</summary>
    public bool IsSorted { get; init; }

    /// <summary>Whether it is a map.</summary>
    public bool IsDictionary => BuiltAs.EndsWith("Dictionary", StringComparison.Ordinal);

    /// <summary>Whether the reader gathers elements or keys in a hash table.</summary>
    public bool IsHashed => BuiltAs is "HashSet" or "Dictionary" or "OrderedDictionary";
}

/// <summary>The collections that can be serialized.</summary>
internal static class KnownCollections
{
    private const string Generic = "System.Collections.Generic";
    private const string Concurrent = "System.Collections.Concurrent";
    private const string Immutable = "System.Collections.Immutable";
    private const string Frozen = "System.Collections.Frozen";
    private const string ObjectModel = "System.Collections.ObjectModel";

    private static readonly Dictionary<string, KnownCollection> ByName = new(StringComparer.Ordinal)
    {
        ["List`1"] = new(Generic, CollectionAccess.List, "List"),
        ["IList`1"] = new(Generic, CollectionAccess.Counted, "List"),
        ["ICollection`1"] = new(Generic, CollectionAccess.Counted, "List"),
        ["IReadOnlyList`1"] = new(Generic, CollectionAccess.Counted, "List"),
        ["IReadOnlyCollection`1"] = new(Generic, CollectionAccess.Counted, "List"),
        ["IEnumerable`1"] = new(Generic, CollectionAccess.Sequence, "List"),
        ["HashSet`1"] = new(Generic, CollectionAccess.Concrete, "HashSet"),
        ["ISet`1"] = new(Generic, CollectionAccess.Counted, "HashSet"),
        ["IReadOnlySet`1"] = new(Generic, CollectionAccess.Counted, "HashSet"),
        ["SortedSet`1"] = new(Generic, CollectionAccess.Concrete, "SortedSet") { IsSorted = true },
        ["LinkedList`1"] = new(Generic, CollectionAccess.Concrete, "", New(Generic, "LinkedList")),
        ["Queue`1"] = new(Generic, CollectionAccess.Concrete, "", New(Generic, "Queue")),
        ["Stack`1"] = new(Generic, CollectionAccess.Concrete, "", New(Generic, "Stack")) { IsReversed = true },
        ["PriorityQueue`2"] = new(Generic, CollectionAccess.Concrete, "", New(Generic, "PriorityQueue"))
        {
            Items = "value.UnorderedItems",
            IsSorted = true,
        },
        ["Dictionary`2"] = new(Generic, CollectionAccess.Concrete, "Dictionary"),
        ["IDictionary`2"] = new(Generic, CollectionAccess.Counted, "Dictionary"),
        ["IReadOnlyDictionary`2"] = new(Generic, CollectionAccess.Counted, "Dictionary"),
        ["OrderedDictionary`2"] = new(Generic, CollectionAccess.Concrete, "OrderedDictionary"),
        ["SortedDictionary`2"] = new(Generic, CollectionAccess.Concrete, "SortedDictionary") { IsSorted = true },

        // Adding keys to a sorted list one by one, in an order that a peer chose, would move all that are there again and again.
        ["SortedList`2"] = new(Generic, CollectionAccess.Concrete, "SortedDictionary", New(Generic, "SortedList")) { IsSorted = true },

        ["Collection`1"] = new(ObjectModel, CollectionAccess.Counted, "List", New(ObjectModel, "Collection")),
        ["ObservableCollection`1"] = new(ObjectModel, CollectionAccess.Counted, "", New(ObjectModel, "ObservableCollection")),
        ["ReadOnlyCollection`1"] = new(ObjectModel, CollectionAccess.Counted, "", New(ObjectModel, "ReadOnlyCollection")),
        ["ReadOnlyObservableCollection`1"] = new(
            ObjectModel, CollectionAccess.Counted, "",
            $"new global::{ObjectModel}.ReadOnlyObservableCollection<{{0}}>(new global::{ObjectModel}.ObservableCollection<{{0}}>(items))"),
        ["ReadOnlyDictionary`2"] = new(ObjectModel, CollectionAccess.Counted, "Dictionary", New(ObjectModel, "ReadOnlyDictionary")),

        ["ConcurrentQueue`1"] = new(Concurrent, CollectionAccess.Snapshot, "", New(Concurrent, "ConcurrentQueue")),
        ["ConcurrentStack`1"] = new(Concurrent, CollectionAccess.Snapshot, "", New(Concurrent, "ConcurrentStack")) { IsReversed = true },

        // A bag promises no order, but has one: last in, first out.
        ["ConcurrentBag`1"] = new(Concurrent, CollectionAccess.Snapshot, "", New(Concurrent, "ConcurrentBag")) { IsReversed = true },
        ["ConcurrentDictionary`2"] = new(
            Concurrent, CollectionAccess.Snapshot, "Dictionary",
            $"new global::{Concurrent}.ConcurrentDictionary<{{0}}>(items, items.Comparer)"),

        ["ImmutableArray`1"] = new(
            Immutable, CollectionAccess.Span, "",
            "global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(items)")
        {
            Items = "value.AsSpan()",
            NilTest = "value.IsDefault",
        },
        ["ImmutableList`1"] = new(Immutable, CollectionAccess.Concrete, "", Create("ImmutableList")),
        ["IImmutableList`1"] = new(Immutable, CollectionAccess.Counted, "", Create("ImmutableList")),
        ["ImmutableQueue`1"] = new(Immutable, CollectionAccess.Copied, "", Create("ImmutableQueue")),
        ["IImmutableQueue`1"] = new(Immutable, CollectionAccess.Copied, "", Create("ImmutableQueue")),
        ["ImmutableStack`1"] = new(Immutable, CollectionAccess.Copied, "", Create("ImmutableStack")) { IsReversed = true },
        ["IImmutableStack`1"] = new(Immutable, CollectionAccess.Copied, "", Create("ImmutableStack")) { IsReversed = true },
        ["ImmutableHashSet`1"] = new(Immutable, CollectionAccess.Concrete, "HashSet", CreateHashed("ImmutableHashSet")),
        ["IImmutableSet`1"] = new(Immutable, CollectionAccess.Counted, "HashSet", CreateHashed("ImmutableHashSet")),
        ["ImmutableSortedSet`1"] = new(Immutable, CollectionAccess.Concrete, "", Create("ImmutableSortedSet")) { IsSorted = true },
        ["ImmutableDictionary`2"] = new(Immutable, CollectionAccess.Concrete, "Dictionary", CreateHashed("ImmutableDictionary")),
        ["IImmutableDictionary`2"] = new(Immutable, CollectionAccess.Counted, "Dictionary", CreateHashed("ImmutableDictionary")),
        ["ImmutableSortedDictionary`2"] = new(
            Immutable, CollectionAccess.Concrete, "SortedDictionary", Create("ImmutableSortedDictionary"))
        { IsSorted = true },

        ["FrozenSet`1"] = new(
            Frozen, CollectionAccess.Concrete, "HashSet", $"global::{Frozen}.FrozenSet.ToFrozenSet(items, items.Comparer)"),
        ["FrozenDictionary`2"] = new(
            Frozen, CollectionAccess.Concrete, "Dictionary",
            $"global::{Frozen}.FrozenDictionary.ToFrozenDictionary(items, items.Comparer)"),

        ["Memory`1"] = new("System", CollectionAccess.Span, "", New("System", "Memory")) { Items = "value.Span" },
        ["ReadOnlyMemory`1"] = new("System", CollectionAccess.Span, "", New("System", "ReadOnlyMemory")) { Items = "value.Span" },
        ["ArraySegment`1"] = new("System", CollectionAccess.Span, "", New("System", "ArraySegment"))
        {
            // The span of a segment would refuse an array whose elements are of a derived type.
            Items = "new global::System.ReadOnlySpan<{0}>(value.Array, value.Offset, value.Count)",
            NilTest = "value.Array is null",
        },
        ["ReadOnlySequence`1"] = new("System.Buffers", CollectionAccess.Segments, "", New("System.Buffers", "ReadOnlySequence")),
    };

    public static KnownCollection? Find(INamedTypeSymbol type) =>
        ByName.TryGetValue(type.MetadataName, out KnownCollection? known) && KnownTypes.Is(type, known.Space, type.Name, type.Arity)
            ? known
            : null;

    private static string New(string space, string name) => $"new global::{space}.{name}<{{0}}>(items)";

    private static string Create(string name) => $"global::{Immutable}.{name}.CreateRange(items)";

    private static string CreateHashed(string name) => $"global::{Immutable}.{name}.CreateRange(items.Comparer, items)";
}
