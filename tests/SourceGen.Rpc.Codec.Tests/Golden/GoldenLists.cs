namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The types in messagepack.json that are not written as there; a test compares these lists with the file.</summary>
internal static class GoldenLists
{
    /// <summary>Deliberately different, with the reason; docs/codec.md tells the same.</summary>
    public static IReadOnlyDictionary<string, string> Different { get; } = ByType(
        ("object in a contract is a diagnostic: the receiver could not know the type",
            ["object", "object[]", "ArrayList", "Hashtable", "IList", "IEnumerable", "IDictionary", "ExpandoObject"]),
        ("a class derived from a collection is a diagnostic: its other members would be lost, and its elements are written at full width",
            ["MyList", "MyMap", "CollectionLikeOwner"]),
        ("Lazy is a diagnostic: its value would be computed while the call is sent",
            ["Lazy<int>", "Lazy<string>"]),
        ("an Index is an integer, a Range an array of two; MessagePack-CSharp refuses both",
            ["Index", "Range"]),
        ("the type is MessagePack-CSharp's own",
            ["Nil", "ExtensionResult", "RawExt"]),
        ("loading a type by its name is a way into the process",
            ["Type"]),
        ("streams are methods of a contract, not values; MessagePack-CSharp refuses it too",
            ["IAsyncEnumerable<int>"]),
        ("a diagnostic; MessagePack-CSharp refuses it too",
            ["ValueTuple", "ForgotKey", "MixedKeys", "IPAddress", "IntPtr", "Action", "int[,,,,]"]),
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

    private static Dictionary<string, string> ByType(params (string Reason, string[] Types)[] groups) =>
        groups.SelectMany(group => group.Types.Select(type => (type, group.Reason))).ToDictionary(pair => pair.type, pair => pair.Reason);
}
