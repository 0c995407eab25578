namespace SourceGen.Rpc.Contracts;

/// <summary>How code that meets a value writes and reads it.</summary>
internal enum TypeRefKind
{
    /// <summary>By the writer's and reader's own methods.</summary>
    Scalar,

    /// <summary>As a scalar, with a cast to and from the underlying type.</summary>
    Cast,

    /// <summary>By generated methods.</summary>
    Serializer,
}

/// <summary>A mention of a serializable type.</summary>
/// <param name="Name">The C# name with <c>global::</c>, without nullable annotations and tuple names.</param>
/// <param name="Kind">How it is serialized.</param>
/// <param name="Method">A scalar's method of the reader (<c>ReadInt32</c>), or the identifier that ends the names of the generated
/// methods.</param>
/// <param name="WrittenAs">For <see cref="TypeRefKind.Cast"/>, the type to cast to before writing; otherwise empty.</param>
/// <param name="CanBeNull">Whether null is a value of the type.</param>
internal sealed record TypeRef(string Name, TypeRefKind Kind, string Method, string WrittenAs, bool CanBeNull);

/// <summary>A type that gets a pair of generated methods.</summary>
/// <param name="Ref">How others mention it.</param>
internal abstract record TypeModel(TypeRef Ref);

/// <summary><see cref="Nullable{T}"/>: nil or the value.</summary>
internal sealed record NullableModel(TypeRef Ref, TypeRef Value) : TypeModel(Ref);

/// <summary>How a collection is walked when it is written.</summary>
internal enum CollectionAccess
{
    /// <summary>An array.</summary>
    Array,

    /// <summary>A <see cref="List{T}"/>, through its span.</summary>
    List,

    /// <summary>A concrete type that notices changes itself.</summary>
    Concrete,

    /// <summary>An interface with a count that the enumeration may not keep to.</summary>
    Counted,

    /// <summary>A sequence that may not know its count.</summary>
    Sequence,

    /// <summary>Memory, through its span.</summary>
    Span,

    /// <summary>Memory in several pieces, each through its span.</summary>
    Segments,

    /// <summary>A collection without a count, through a list of its elements.</summary>
    Copied,

    /// <summary>A collection that others change meanwhile, through an array of its elements at one moment.</summary>
    Snapshot,
}

/// <summary>What keeps a peer from choosing keys that collide in a dictionary or set.</summary>
internal enum KeyHashing
{
    /// <summary>
    /// Nothing has to: the default comparer's hash codes are random, references, or too few. Also where nothing is hashed.
    /// </summary>
    Default,

    /// <summary>A hash of the key's bits with a seed.</summary>
    Seeded,

    /// <summary>A limit on the collisions while reading, as the key's own GetHashCode has to be used.</summary>
    Guarded,
}

/// <summary>An array, list, set or sequence.</summary>
/// <param name="Element">What it holds.</param>
/// <param name="Access">How it is walked.</param>
/// <param name="BuiltAs">The concrete type that the reader gathers elements in; empty for an array.</param>
/// <param name="Hashing">How what the reader makes hashes its elements, or a lookup's its keys.</param>
internal sealed record CollectionModel(TypeRef Ref, TypeRef Element, CollectionAccess Access, string BuiltAs, KeyHashing Hashing)
    : TypeModel(Ref)
{
    /// <summary>The expression that is walked.</summary>
    public string Items { get; init; } = "value";

    /// <summary>The expression that makes the collection of <c>items</c>; empty where they are it.</summary>
    public string Finish { get; init; } = "";

    /// <summary>Whether what is written first is what was added last.</summary>
    public bool IsReversed { get; init; }

    /// <summary>Whether what the reader makes is sorted, and so reserves no memory.</summary>
    public bool IsSorted { get; init; }

    /// <summary>The expression that tells a struct's default value, which is nil; empty where no value is.</summary>
    public string NilTest { get; init; } = "";

    /// <summary>What is hashed, where that is not the elements.</summary>
    public TypeRef? Hashed { get; init; }
}

/// <summary>A dictionary.</summary>
/// <param name="Key">The type of its keys.</param>
/// <param name="Value">The type of its values.</param>
/// <param name="Access">How it is walked.</param>
/// <param name="BuiltAs">The concrete type that the reader gathers entries in.</param>
/// <param name="Hashing">How that hashes its keys.</param>
internal sealed record DictionaryModel(
    TypeRef Ref, TypeRef Key, TypeRef Value, CollectionAccess Access, string BuiltAs, KeyHashing Hashing)
    : TypeModel(Ref)
{
    /// <summary>The expression that makes the dictionary of <c>items</c>; empty where they are it.</summary>
    public string Finish { get; init; } = "";

    /// <summary>Whether what the reader makes is sorted, and so reserves no memory.</summary>
    public bool IsSorted { get; init; }
}

/// <summary>An array of several dimensions: their lengths, and all elements in one array, the last index running fastest.</summary>
/// <param name="Element">What it holds.</param>
/// <param name="Rank">How many dimensions it has.</param>
internal sealed record MultiArrayModel(TypeRef Ref, TypeRef Element, int Rank) : TypeModel(Ref);

/// <summary>A group of elements with a key.</summary>
/// <param name="Key">The type of the key.</param>
/// <param name="Element">The type of an element, as it is spelled.</param>
/// <param name="Elements">The sequence of the elements.</param>
internal sealed record GroupingModel(TypeRef Ref, TypeRef Key, TypeRef Element, TypeRef Elements) : TypeModel(Ref);

/// <summary>A tuple or key-value pair: an array of fixed length.</summary>
/// <param name="Elements">Its elements, in order.</param>
internal sealed record TupleModel(TypeRef Ref, EquatableArray<TupleElement> Elements) : TypeModel(Ref);

/// <summary>One element of a tuple.</summary>
/// <param name="Name">The member that holds it.</param>
/// <param name="Type">Its type.</param>
internal sealed record TupleElement(string Name, TypeRef Type);
