#nullable disable
using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;

namespace SourceGen.Rpc.Codec.Tests.Golden;

internal abstract partial class GoldenCase
{
    private static GoldenCase[] Library =>
    [
        Of<ReadOnlySequence<byte>>("ReadOnlySequence<byte>", default(ReadOnlySequence<byte>)),
        Of<ArraySegment<byte>>("ArraySegment<byte>", new ArraySegment<byte>(new byte[] { 0, 1, 2, 3, 4 }, 1, 3)),
        Of<ArraySegment<byte>>("ArraySegment<byte>", default(ArraySegment<byte>)),
        Of<ReadOnlySequence<byte>>("ReadOnlySequence<byte>", new ReadOnlySequence<byte>(new byte[] { 9, 8, 7 })),
        Of<Memory<int>>("Memory<int>", new Memory<int>(new[] { 1, 2 })),
        Of<ArraySegment<int>>("ArraySegment<int>", new ArraySegment<int>(new[] { 1, 2, 3 }, 1, 2)),
        Of<ReadOnlyMemory<char>>("ReadOnlyMemory<char>", new ReadOnlyMemory<char>("ab".ToCharArray())),
        Of<DateOnly>("DateOnly", new DateOnly(2024, 2, 29)),
        Of<DateOnly>("DateOnly", DateOnly.MinValue),
        Of<DateOnly>("DateOnly", DateOnly.MaxValue),
        Of<DateOnly?>("DateOnly?", new DateOnly(2000, 1, 1)),
        Of<TimeOnly>("TimeOnly", new TimeOnly(12, 34, 56)),
        Of<TimeOnly>("TimeOnly", TimeOnly.MinValue),
        Of<TimeOnly>("TimeOnly", TimeOnly.MaxValue),
        Of<Uri>("Uri", new Uri("https://example.com/a?b=c#d")),
        Of<Uri>("Uri", new Uri("relative/path", UriKind.Relative)),
        Of<Uri>("Uri", new Uri("http://EXAMPLE.com:80/%7Euser")),
        Of<Uri>("Uri", null),
        Of<Version>("Version", new Version(1, 2)),
        Of<Version>("Version", new Version(1, 2, 3, 4)),
        Of<Version>("Version", null),
        Of<BigInteger>("BigInteger", BigInteger.Zero),
        Of<BigInteger>("BigInteger", new BigInteger(255)),
        Of<BigInteger>("BigInteger", BigInteger.MinusOne),
        Of<BigInteger>("BigInteger", BigInteger.Parse("123456789012345678901234567890")),
        Of<Complex>("Complex", new Complex(1.5, -2)),
        Of<Half>("Half", (Half)1.5f),
        Of<Half>("Half", Half.NaN),
        Of<Half>("Half", Half.MaxValue),
        Of<Int128>("Int128", Int128.Zero),
        Of<Int128>("Int128", Int128.MaxValue),
        Of<Int128>("Int128", Int128.NegativeOne),
        Of<UInt128>("UInt128", UInt128.One),
        Of<UInt128>("UInt128", UInt128.MaxValue),
        Of<Rune>("Rune", new Rune('A')),
        Of<Rune>("Rune", new Rune(0x1F600)),
        Of<BitArray>("BitArray", new BitArray(new[] { true, false, true })),
        Of<BitArray>("BitArray", null),
        Of<StringBuilder>("StringBuilder", new StringBuilder("abc")),
        Of<StringBuilder>("StringBuilder", null),
        Of<StringBuilder>("StringBuilder", new StringBuilder()),
        Of<Vector2>("Vector2", new Vector2(1, 2)),
        Of<Vector3>("Vector3", new Vector3(1, 2, 3)),
        Of<Quaternion>("Quaternion", new Quaternion(1, 2, 3, 4)),
        Of<int[,]>("int[,]", new[,] { { 1, 2, 3 }, { 4, 5, 6 } }),
        Of<int[,]>("int[,]", new int[0, 0]),
        Of<int[,,]>("int[,,]", new[,,] { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } }),
        Of<int[,]>("int[,]", null),
        Of<string[,]>("string[,]", new[,] { { "a", null } }),
        Of<int[,,,]>("int[,,,]", new int[1, 1, 1, 1] { { { { 9 } } } }),
        Of<LinkedList<int>>("LinkedList<int>", new LinkedList<int>(new[] { 1, 2 })),
        Of<Queue<int>>("Queue<int>", new Queue<int>(new[] { 1, 2, 3 })),
        Of<Stack<int>>("Stack<int>", new Stack<int>(new[] { 1, 2, 3 })),
        Of<SortedSet<int>>("SortedSet<int>", new SortedSet<int> { 3, 1, 2 }),
        Of<ObservableCollection<string>>("ObservableCollection<string>", new ObservableCollection<string> { "a", "b" }),
        Of<ReadOnlyCollection<int>>("ReadOnlyCollection<int>", new ReadOnlyCollection<int>(new[] { 1, 2 })),
        Of<Collection<int>>("Collection<int>", new Collection<int> { 5 }),
        Of<ReadOnlyObservableCollection<int>>(
            "ReadOnlyObservableCollection<int>",
            new ReadOnlyObservableCollection<int>(new ObservableCollection<int> { 4 })),
        Of<SortedDictionary<string, int>>("SortedDictionary<string, int>", new SortedDictionary<string, int> { ["b"] = 2, ["a"] = 1 }),
        Of<SortedList<int, string>>("SortedList<int, string>", new SortedList<int, string> { [2] = "b", [1] = "a" }),
        Of<ReadOnlyDictionary<string, int>>(
            "ReadOnlyDictionary<string, int>",
            new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 })),
        Of<OrderedDictionary<string, int>>("OrderedDictionary<string, int>", new OrderedDictionary<string, int> { ["z"] = 1, ["a"] = 2 }),
        Of<ILookup<bool, int>>("ILookup<bool, int>", new[] { 1, 2, 3, 4 }.ToLookup(i => i % 2 == 0)),
        Of<IGrouping<int, string>>("IGrouping<int, string>", new[] { "aa", "b", "cc" }.GroupBy(x => x.Length).First()),
        Of<ImmutableArray<int>>("ImmutableArray<int>", ImmutableArray.Create(1, 2, 3)),
        Of<ImmutableArray<int>>("ImmutableArray<int>", default(ImmutableArray<int>)),
        Of<ImmutableList<string>>("ImmutableList<string>", ImmutableList.Create("a", "b")),
        Of<ImmutableDictionary<int, string>>(
            "ImmutableDictionary<int, string>",
            ImmutableDictionary<int, string>.Empty.Add(1, "a").Add(2, "b")),
        Of<ImmutableSortedDictionary<string, int>>(
            "ImmutableSortedDictionary<string, int>",
            ImmutableSortedDictionary<string, int>.Empty.Add("b", 2).Add("a", 1)),
        Of<ImmutableHashSet<int>>("ImmutableHashSet<int>", ImmutableHashSet.Create(1, 2, 3)),
        Of<ImmutableSortedSet<int>>("ImmutableSortedSet<int>", ImmutableSortedSet.Create(3, 1, 2)),
        Of<ImmutableQueue<int>>("ImmutableQueue<int>", ImmutableQueue.Create(1, 2)),
        Of<ImmutableStack<int>>("ImmutableStack<int>", ImmutableStack.Create(1, 2)),
        Of<IImmutableList<int>>("IImmutableList<int>", ImmutableList.Create(1)),
        Of<ImmutableArray<int>?>("ImmutableArray<int>?", null),
        Of<FrozenSet<int>>("FrozenSet<int>", new[] { 1 }.ToFrozenSet()),
        Of<FrozenDictionary<string, int>>("FrozenDictionary<string, int>", new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary()),
        Of<ConcurrentQueue<int>>("ConcurrentQueue<int>", new ConcurrentQueue<int>(new[] { 1, 2 })),
        Of<ConcurrentStack<int>>("ConcurrentStack<int>", new ConcurrentStack<int>(new[] { 1, 2 })),
        Of<ConcurrentBag<int>>("ConcurrentBag<int>", new ConcurrentBag<int>(new[] { 7 })),
        Of<ConcurrentDictionary<int, string>>(
            "ConcurrentDictionary<int, string>",
            new ConcurrentDictionary<int, string>(new[] { KeyValuePair.Create(1, "a") })),
        Of<PriorityQueue<string, int>>("PriorityQueue<string, int>", new PriorityQueue<string, int>(new[] { ("a", 1) })),
    ];
}
