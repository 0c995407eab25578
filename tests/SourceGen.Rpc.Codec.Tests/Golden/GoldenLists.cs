namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The types in messagepack.json that are not written as there, or not yet; a test compares these lists with the file.</summary>
internal static class GoldenLists
{
    /// <summary>Deliberately different, with the reason; docs/codec.md tells the same.</summary>
    public static IReadOnlyDictionary<string, string> Different { get; } = ByType(
        ("object in a contract is a diagnostic: the receiver could not know the type",
            ["object", "object[]", "ArrayList", "IList", "IEnumerable", "IDictionary", "ExpandoObject"]),
        ("the type is MessagePack-CSharp's own",
            ["Nil", "ExtensionResult", "RawExt"]),
        ("loading a type by its name is a way into the process",
            ["Type"]),
        ("streams are methods of a contract, not values; MessagePack-CSharp refuses it too",
            ["IAsyncEnumerable<int>"]),
        ("a diagnostic; MessagePack-CSharp refuses it too",
            ["ValueTuple", "ForgotKey", "MixedKeys", "Index", "Range", "IPAddress", "IntPtr", "Action"]),
        ("[Key] on a member that the reader cannot set is a diagnostic",
            ["GetterOnly"]),
        ("an empty name is a diagnostic; MessagePack-CSharp does not read it back",
            ["BlankKey"]),
        ("[Key(\"name\")] counts without [MessagePackObject], so the member has that name",
            ["PocoKeyed"]),
        ("an anonymous type cannot be named in a contract",
            ["anonymous { int A; string B; }", "anonymous { anonymous { double V; } Inner; int[] List; }", "anonymous { int A; }"]),
        ("a public type needs no attributes: it is a map by member name",
            ["NoAttributes"]));

    /// <summary>Values that are deliberately written otherwise, of types that are not, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> DifferentValues { get; } = new Dictionary<string, string>
    {
        ["IShape = new Unlisted { V = 1 }"] = "a class that the union does not list is an error, not nil",
    };

    /// <summary>Not in this issue, by what they wait for.</summary>
    public static IReadOnlyDictionary<string, string> Later { get; } = ByType(
        ("other types of the class library",
            ["ReadOnlySequence<byte>", "ArraySegment<byte>", "Memory<int>", "ArraySegment<int>", "ReadOnlyMemory<char>", "DateOnly",
                "DateOnly?", "TimeOnly", "Uri", "Version", "BigInteger", "Complex", "Half", "Int128", "UInt128", "Rune", "BitArray",
                "StringBuilder", "Vector2", "Vector3", "Quaternion", "Lazy<int>", "Lazy<string>"]),
        ("other collections",
            ["int[,]", "int[,,]", "string[,]", "int[,,,]", "int[,,,,]", "LinkedList<int>", "Queue<int>", "Stack<int>", "SortedSet<int>",
                "ObservableCollection<string>", "ReadOnlyCollection<int>", "Collection<int>", "ReadOnlyObservableCollection<int>",
                "SortedDictionary<string, int>", "SortedList<int, string>", "ReadOnlyDictionary<string, int>",
                "OrderedDictionary<string, int>", "ILookup<bool, int>", "IGrouping<int, string>", "ImmutableArray<int>",
                "ImmutableList<string>", "ImmutableDictionary<int, string>", "ImmutableSortedDictionary<string, int>",
                "ImmutableHashSet<int>", "ImmutableSortedSet<int>", "ImmutableQueue<int>", "ImmutableStack<int>", "IImmutableList<int>",
                "ImmutableArray<int>?", "FrozenSet<int>", "FrozenDictionary<string, int>", "ConcurrentQueue<int>",
                "ConcurrentStack<int>", "ConcurrentBag<int>", "ConcurrentDictionary<int, string>", "PriorityQueue<string, int>",
                "MyList", "MyMap", "CollectionLikeOwner", "Hashtable"]));

    private static Dictionary<string, string> ByType(params (string Reason, string[] Types)[] groups) =>
        groups.SelectMany(group => group.Types.Select(type => (type, group.Reason))).ToDictionary(pair => pair.type, pair => pair.Reason);
}
