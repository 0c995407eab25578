using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;
using SourceGen.Rpc.Codec.Tests.Golden;

namespace SourceGen.Rpc.Codec.Tests.Interop;

/// <summary>The types of the class library, through generated code.</summary>
internal abstract partial class InteropCase
{
    private const string OneTwoThree = """[{"i":"1"},{"i":"2"},{"i":"3"}]""";

    private static IEnumerable<InteropCase> LibraryScalars()
    {
        yield return Generated("Half", """{"f":"3ff8000000000000"}""", (Half)1.5);
        yield return Generated("Half largest", """{"f":"40effc0000000000"}""", Half.MaxValue, javaScript: """{"i":"65504"}""");
        yield return Generated("Int128", """{"b":"00000000000000000000000000000080"}""", Int128.MinValue);
        yield return Generated("UInt128", """{"b":"ffffffffffffffffffffffffffffffff"}""", UInt128.MaxValue);
        yield return Generated("BigInteger", """{"b":"d20a3f4eeee073c3f60fe98e01"}""", BigInteger.Parse("123456789012345678901234567890"));
        yield return Generated("DateOnly", """{"i":"738944"}""", new DateOnly(2024, 2, 29));
        yield return Generated("TimeOnly", """{"i":"863999999999"}""", TimeOnly.MaxValue);
        yield return Generated("Uri", """{"s":"https://example.com/a?b=c#d"}""", new Uri("https://example.com/a?b=c#d"));
        yield return Generated("Uri relative", """{"s":"/a/ö"}""", new Uri("/a/ö", UriKind.Relative));
        yield return Generated("Version", """{"s":"1.2.3.4"}""", new Version(1, 2, 3, 4));
        yield return Generated("Index", """{"i":"-2"}""", ^1);
        yield return Generated("Range", """[{"i":"1"},{"i":"-3"}]""", 1..^2);
        yield return Generated("Rune", """{"i":"128512"}""", new Rune(0x1F600));
        yield return Generated("BitArray", "[true,false,true]", new BitArray([true, false, true]));
        yield return Generated("Complex", """[{"f":"3ff8000000000000"},{"f":"c004000000000000"}]""", new Complex(1.5, -2.5));
        yield return Generated("Vector2", """[{"f":"3ff8000000000000"},{"f":"c004000000000000"}]""", new Vector2(1.5f, -2.5f));
        yield return Generated("StringBuilder", """{"s":"größe"}""", new StringBuilder("größe"));
        yield return Generated("ReadOnlySequence of bytes", """{"b":"090807"}""", new ReadOnlySequence<byte>([9, 8, 7]));
        yield return Generated("ArraySegment of bytes", """{"b":"0203"}""", new ArraySegment<byte>([1, 2, 3], 1, 2));
        yield return Generated("ArraySegment of bytes without an array", "null", default(ArraySegment<byte>));
    }

    private static IEnumerable<InteropCase> LibraryCollections()
    {
        yield return Generated("Queue", OneTwoThree, new Queue<int>([1, 2, 3]));
        yield return Generated("Stack", OneTwoThree, new Stack<int>([3, 2, 1]));
        yield return Generated("LinkedList", OneTwoThree, new LinkedList<int>([1, 2, 3]));
        yield return Generated("SortedSet", OneTwoThree, new SortedSet<int> { 3, 1, 2 });
        yield return Generated("Collection", OneTwoThree, new Collection<int> { 1, 2, 3 });
        yield return Generated("ReadOnlyCollection", OneTwoThree, new ReadOnlyCollection<int>([1, 2, 3]));
        yield return Generated("ConcurrentQueue", OneTwoThree, new ConcurrentQueue<int>([1, 2, 3]));
        yield return Generated("ConcurrentStack", OneTwoThree, new ConcurrentStack<int>([3, 2, 1]));
        yield return Generated("ConcurrentBag", """[{"i":"7"}]""", new ConcurrentBag<int>([7]));
        yield return Generated("ImmutableArray", OneTwoThree, ImmutableArray.Create(1, 2, 3));
        yield return Generated("ImmutableArray without an array", "null", default(ImmutableArray<int>));
        yield return Generated("ImmutableList", """[{"s":"a"},null]""", ImmutableList.Create<string?>("a", null));
        yield return Generated("ImmutableQueue", OneTwoThree, ImmutableQueue.Create(1, 2, 3));
        yield return Generated("ImmutableStack", OneTwoThree, ImmutableStack.Create(3, 2, 1));
        yield return Generated("ImmutableHashSet", """[{"i":"7"}]""", ImmutableHashSet.Create(7));
        yield return Generated("ImmutableSortedSet", OneTwoThree, ImmutableSortedSet.Create(3, 2, 1));
        yield return Generated("FrozenSet", """[{"i":"7"}]""", new[] { 7 }.ToFrozenSet());
        yield return Generated("Memory of integers", OneTwoThree, new Memory<int>([1, 2, 3]));
        yield return Generated("ReadOnlySequence of integers", OneTwoThree, new ReadOnlySequence<int>([1, 2, 3]));
        yield return Generated("PriorityQueue", """[[{"s":"a"},{"i":"1"}]]""", new PriorityQueue<string, int>([("a", 1)]));
        yield return Generated(
            "ILookup", """[[true,[{"i":"1"},{"i":"3"}]],[false,[{"i":"2"}]]]""", new[] { 1, 2, 3 }.ToLookup(i => i % 2 == 1));
        yield return Generated("IGrouping", """[{"i":"1"},[{"s":"a"},{"s":"b"}]]""", new[] { "a", "b" }.GroupBy(s => s.Length).First());
        yield return Generated(
            "array of two dimensions",
            """[{"i":"2"},{"i":"2"},[{"i":"1"},{"i":"2"},{"i":"3"},{"i":"4"}]]""",
            new[,] { { 1, 2 }, { 3, 4 } });
        yield return Generated("array of four dimensions, empty", """[{"i":"0"},{"i":"1"},{"i":"2"},{"i":"3"},[]]""", new int[0, 1, 2, 3]);

        yield return Generated(
            "tuple of 8",
            """[{"i":"1"},{"i":"2"},{"i":"3"},{"i":"4"},{"i":"5"},{"i":"6"},{"i":"7"},[{"i":"8"}]]""",
            (1, 2, 3, 4, 5, 6, 7, 8));
        yield return Generated("KeyValuePair", """[{"s":"a"},{"i":"1"}]""", KeyValuePair.Create("a", 1));
        yield return Generated("enum", """{"i":"6"}""", DayOfWeek.Saturday);

        const string Entry = """{"m":[[{"s":"a"},{"i":"1"}]]}""";
        Dictionary<string, int> map = new() { ["a"] = 1 };
        yield return Generated("SortedDictionary", Entry, new SortedDictionary<string, int>(map));
        yield return Generated("OrderedDictionary", Entry, new OrderedDictionary<string, int>(map));
        yield return Generated("ReadOnlyDictionary", Entry, new ReadOnlyDictionary<string, int>(map));
        yield return Generated("FrozenDictionary", Entry, map.ToFrozenDictionary());
        yield return Generated("ImmutableSortedDictionary", Entry, map.ToImmutableSortedDictionary());

        const string ByNumber = """{"m":[[{"i":"1"},{"s":"a"}]]}""";
        Dictionary<int, string> numbers = new() { [1] = "a" };
        yield return Generated("SortedList", ByNumber, new SortedList<int, string>(numbers), textKeys: false);
        yield return Generated("ImmutableDictionary", ByNumber, numbers.ToImmutableDictionary(), textKeys: false);
        yield return Generated("ConcurrentDictionary", ByNumber, new ConcurrentDictionary<int, string>(numbers), textKeys: false);
    }

    private static InteropCase Generated<T>(string name, string canonical, T value, string? javaScript = null, bool textKeys = true) =>
        Of(name, canonical, GoldenShapes.Of<T>(), value, javaScript, textKeys);
}
