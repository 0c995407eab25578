using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;
using FsCheck;
using SourceGen.Rpc.Codec.Tests.Golden;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Any value of the class library's types comes back through generated code as it was, in one piece or in many.</summary>
public sealed class LibraryPropertyTests
{
    private static readonly Gen<long> Longs = Arb.Default.DoNotSizeInt64().Generator.Select(x => x.Item);

    private static readonly Gen<UInt128> Wide =
        from upper in Longs
        from lower in Longs
        from shift in Gen.Choose(0, 127)
        select new UInt128((ulong)upper, (ulong)lower) >> shift;

    private static readonly Gen<int[]> Lists = Gen.Frequency(
        Tuple.Create(20, Gen.ArrayOf(Gen.Choose(-100, 100))),
        Tuple.Create(1, Gen.Choose(4090, 10_000).Select(count => Enumerable.Range(0, count).ToArray())));

    private static readonly Gen<int[]> Distinct = Lists.Select(list => list.Distinct().ToArray());

    [Fact]
    public void Scalars_RoundTrip()
    {
        Check(Gen.Choose(0, ushort.MaxValue).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)));
        Check(Wide.Select(x => x));
        Check(Wide.Select(x => (Int128)x));
        Check(Wide.Select(x => -(Int128)x));
        Check(Gen.Choose(0, DateOnly.MaxValue.DayNumber).Select(DateOnly.FromDayNumber));
        Check(Longs.Select(x => new TimeOnly((long)((ulong)x % (ulong)TimeSpan.TicksPerDay))));
        Check(Gen.Choose(0, 0x10F7FF).Select(x => new Rune(x < 0xD800 ? x : x + 0x800)));
        Check(Longs.Select(x => new Index((int)x & int.MaxValue, x < 0)));
        Check(Longs.Select(x => new Range(new Index((int)x & int.MaxValue, x < 0), new Index((int)(x >> 32) & int.MaxValue, x % 2 == 0))));
        Check(Arb.Generate<double>().Two().Select(x => new Complex(x.Item1, x.Item2)));
        Check(Arb.Generate<float>().Two().Select(x => new Vector2(x.Item1, x.Item2)));
        Check(Arb.Generate<float>().Four().Select(x => new Quaternion(x.Item1, x.Item2, x.Item3, x.Item4)));
        Check(Arb.Generate<float>().Four().Select(x => new Vector4(x.Item1, x.Item2, x.Item3, x.Item4)));
        Check(Arb.Generate<float>().Four().Select(x => new Matrix3x2(x.Item1, x.Item2, x.Item3, x.Item4, 5, 6)));
        Check(Gen.ArrayOf(Arb.Generate<byte>()).Select(bytes => new BigInteger(bytes)));
        Check(Gen.Choose(0, int.MaxValue - 1).Four().Select(x => new Version(x.Item1, x.Item2, x.Item3, x.Item4)));
        Gen<string> text = Gen.ListOf(Gen.Elements("a", "é", "世", "😀", "\0")).Select(x => string.Concat(x));
        Check(text.Select(x => new StringBuilder(x)), (a, b) => a.Equals(b));
        Check(Gen.ArrayOf(Arb.Generate<bool>()).Select(x => new BitArray(x)), Same);
        Check(Gen.Elements("https://example.com/", "a/b", "/a", "mailto:x@y", "").Select(x => new Uri(x, UriKind.RelativeOrAbsolute)));
    }

    [Fact]
    public void Matrices_have_their_rows_in_order()
    {
        Matrix4x4 matrix = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        byte[] written = WireBytes.Encode(GoldenShapes.Of<Matrix4x4>(), matrix);

        Assert.Equal(matrix, WireBytes.Decode(GoldenShapes.Of<Matrix4x4>(), written));
        MessagePackReader reader = new(new ReadOnlySequence<byte>(written));
        Assert.Equal(16, reader.ReadArrayHeader());
        for (int i = 1; i <= 16; i++) Assert.Equal(i, reader.ReadSingle());
    }

    [Fact]
    public void Collections_RoundTrip_in_their_order()
    {
        Check(Lists.Select(x => new Queue<int>(x)), Same);
        Check(Lists.Select(x => new Stack<int>(x)), Same);
        Check(Lists.Select(x => new LinkedList<int>(x)), Same);
        Check(Lists.Select(x => new SortedSet<int>(x)), Same);
        Check(Lists.Select(x => new Collection<int>([.. x])), Same);
        Check(Lists.Select(x => new ReadOnlyCollection<int>(x)), Same);
        Check(Lists.Select(x => new ReadOnlyObservableCollection<int>(new ObservableCollection<int>(x))), Same);
        Check(Lists.Select(x => new ConcurrentQueue<int>(x)), Same);
        Check(Lists.Select(x => new ConcurrentStack<int>(x)), Same);
        Check(Lists.Select(x => new ConcurrentBag<int>(x)), Same);
        Check(Lists.Select(x => ImmutableArray.Create(x)), (a, b) => a.SequenceEqual(b));
        Check(Lists.Select(x => ImmutableQueue.CreateRange(x)), Same);
        Check(Lists.Select(x => ImmutableStack.CreateRange(x)), Same);
        Check(Lists.Select(x => (IImmutableList<int>)ImmutableList.CreateRange(x)), Same);
        Check(Lists.Select(x => (IImmutableQueue<int>)ImmutableQueue.CreateRange(x)), Same);
        Check(Lists.Select(x => (IImmutableStack<int>)ImmutableStack.CreateRange(x)), Same);
        Check(Lists.Select(x => ImmutableSortedSet.CreateRange(x)), Same);
        Check(Lists.Select(x => new Memory<int>(x)), (a, b) => a.Span.SequenceEqual(b.Span));
        Check(Lists.Select(x => new ReadOnlyMemory<int>(x)), (a, b) => a.Span.SequenceEqual(b.Span));
        Check(Lists.Select(x => new ArraySegment<int>(x)), (a, b) => a.AsSpan().SequenceEqual(b));
        Check(Lists.Select(x => new ReadOnlySequence<int>(x)), (a, b) => a.ToArray().AsSpan().SequenceEqual(b.ToArray()));
        Check(
            Lists.Select(x => new PriorityQueue<string, int>(x.Select(i => ($"e{i}", i)))),
            (a, b) => a.UnorderedItems.SequenceEqual(b.UnorderedItems));
    }

    [Fact]
    public void Sets_and_maps_RoundTrip_with_what_they_hold()
    {
        Check(Distinct.Select(x => ImmutableHashSet.CreateRange(x)), (a, b) => a.SetEquals(b) && a.Count == b.Count);
        Check(Distinct.Select(x => (IImmutableSet<int>)ImmutableHashSet.CreateRange(x)), (a, b) => a.SetEquals(b));
        Check(Distinct.Select(x => x.ToFrozenSet()), (a, b) => a.SetEquals(b) && a.Count == b.Count);
        Check(Distinct.Select(x => x.ToFrozenDictionary(i => $"k{i}", i => i)), SameMap);
        Check(Distinct.Select(x => x.ToImmutableDictionary(i => i, i => $"v{i}")), SameMap);
        Check(Distinct.Select(x => (IImmutableDictionary<int, int>)x.ToImmutableDictionary(i => i, i => -i)), SameMap);
        Check(Distinct.Select(x => new ConcurrentDictionary<int, string>(x.ToDictionary(i => i, i => $"v{i}"))), SameMap);
        Check(Distinct.Select(x => new ReadOnlyDictionary<string, int>(x.ToDictionary(i => $"k{i}", i => i))), Same);
        Check(Distinct.Select(x => new OrderedDictionary<string, int>(x.Select(i => KeyValuePair.Create($"k{i}", i)))), Same);
        Check(Distinct.Select(x => new SortedList<int, string>(x.ToDictionary(i => i, i => $"v{i}"))), Same);
        Check(Distinct.Select(x => new SortedDictionary<string, int>(x.ToDictionary(i => $"k{i}", i => i))), Same);
        Check(Distinct.Select(x => x.ToImmutableSortedDictionary(i => $"k{i}", i => i)), Same);
    }

    [Fact]
    public void Lookups_RoundTrip_with_every_group_in_its_order()
    {
        Check(Lists.Select(x => x.ToLookup(i => i % 3 == 0)), SameGroups);
        Check(Lists.Select(x => x.ToLookup(i => i % 7 == 0 ? null : $"k{i % 7}")), SameGroups);
        Check(
            Lists.Where(x => x.Length > 0).Select(x => x.GroupBy(_ => x[0], i => $"v{i}").First()),
            (a, b) => a.Key == b.Key && a.SequenceEqual(b));

        static bool SameGroups<TKey>(ILookup<TKey, int> a, ILookup<TKey, int> b) =>
            a.Count == b.Count && a.All(group => b.Contains(group.Key) && b[group.Key].SequenceEqual(group));
    }

    [Fact]
    public void Arrays_of_several_dimensions_RoundTrip_with_their_lengths()
    {
        Gen<int> length = Gen.Choose(0, 5);
        Check(
            length.Two().Select(l => Filled(new int[l.Item1, l.Item2])), SameArray);
        Check(length.Three().Select(l => Filled(new int[l.Item1, l.Item2, l.Item3])), SameArray);
        Check(length.Four().Select(l => Filled(new int[l.Item1, l.Item2, l.Item3, l.Item4])), SameArray);
        Check(Gen.Choose(90, 120).Select(l => Filled(new int[l, 100])), SameArray);
        Check(length.Two().Select(l =>
        {
            int[,][] jagged = new int[l.Item1, l.Item2][];
            if (jagged.Length > 0) jagged[l.Item1 - 1, l.Item2 - 1] = [1, 2];
            return jagged;
        }), SameArray);

        static T Filled<T>(T array)
            where T : class
        {
            Array all = (Array)(object)array;
            int[] index = new int[all.Rank];
            for (int i = 0; i < all.Length; i++)
            {
                int rest = i;
                for (int d = all.Rank - 1; d >= 0; d--)
                {
                    index[d] = rest % all.GetLength(d);
                    rest /= all.GetLength(d);
                }

                all.SetValue(i, index);
            }

            return array;
        }

        static bool SameArray<T>(T a, T b)
        {
            Array one = (Array)(object)a!;
            Array two = (Array)(object)b!;
            return Enumerable.Range(0, one.Rank).All(d => one.GetLength(d) == two.GetLength(d)) && StructuralComparisons
                .StructuralEqualityComparer.Equals(one.Cast<object?>().ToArray(), two.Cast<object?>().ToArray());
        }
    }

    /// <summary>Beyond what the headers of 16 bits count.</summary>
    [Fact]
    public void Huge_collections_RoundTrip()
    {
        int[] many = [.. Enumerable.Range(0, 70_000)];
        CheckOnce(new Queue<int>(many), Same);
        CheckOnce(new Stack<int>(many), Same);
        CheckOnce(new ConcurrentStack<int>(many), Same);
        CheckOnce(ImmutableArray.Create(many), (a, b) => a.SequenceEqual(b));
        CheckOnce(ImmutableSortedSet.CreateRange(many.Reverse()), Same);
        CheckOnce(new Memory<int>(many), (a, b) => a.Span.SequenceEqual(b.Span));
        CheckOnce(
            new PriorityQueue<string, int>(many.Select(i => ($"e{i}", i))), (a, b) => a.UnorderedItems.SequenceEqual(b.UnorderedItems));
        CheckOnce(many.ToFrozenDictionary(i => $"k{i}", i => i), SameMap);
        CheckOnce(new ConcurrentDictionary<int, string>(many.Select(i => KeyValuePair.Create(i, "v"))), SameMap);
        CheckOnce(new SortedList<int, string>(many.ToDictionary(i => -i, i => "v")), Same);
        CheckOnce(new BitArray(many), Same);
        CheckOnce(BigInteger.Pow(3, 600_000), (a, b) => a == b);
        CheckOnce(new int[70, 1000], (a, b) => a.GetLength(0) == b.GetLength(0) && a.GetLength(1) == b.GetLength(1));
        CheckOnce(new Uri("https://example.com/" + new string('a', 60_000)), (a, b) => a == b);

        static void CheckOnce<T>(T value, Func<T, T, bool> equals)
        {
            byte[] encoded = WireBytes.Encode(GoldenShapes.Of<T>(), value);
            Assert.True(equals(value, WireBytes.Decode(GoldenShapes.Of<T>(), encoded)), $"{typeof(T)}");
            T pieces = WireBytes.Decode(GoldenShapes.Of<T>(), Segments.SplitAt(encoded, 1, 4, encoded.Length / 2));
            Assert.True(equals(value, pieces), "in pieces");
        }
    }

    private static bool Same(IEnumerable a, IEnumerable b) => a.Cast<object>().SequenceEqual(b.Cast<object>());

    private static bool SameMap<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> a, IReadOnlyDictionary<TKey, TValue> b)
        where TKey : notnull =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out TValue? value) && Equals(pair.Value, value));

    private static void Check<T>(Gen<T> values) => Check(values, static (a, b) => EqualityComparer<T>.Default.Equals(a, b));

    private static void Check<T>(Gen<T> values, Func<T, T, bool> equals)
    {
        TypeShape<T> shape = GoldenShapes.Of<T>();
        Prop.ForAll(values.ToArbitrary(), value =>
        {
            byte[] encoded = WireBytes.Encode(shape, value);
            Assert.True(equals(value, WireBytes.Decode(shape, encoded)), $"{typeof(T)}: {WireBytes.Hex(encoded)}");
            Assert.True(equals(value, WireBytes.Decode(shape, Segments.ByteByByte(encoded))), "in pieces");
        }).QuickCheckThrowOnFailure();
    }
}
