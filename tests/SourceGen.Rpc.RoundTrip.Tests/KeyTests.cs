using System.Numerics;
using System.Text;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>Keys of every type, few enough for the default comparer and too many for it.</summary>
public class KeyTests
{
    [Fact]
    public void EveryTypeOfKey_IsFoundAgain()
    {
        DateTime time = new(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc);
        Check("Booleans", i => i != 0, most: 2);
        Check("Bytes", i => (byte)i, most: 256);
        Check("Int16s", i => (short)(i - 500));
        Check("Chars", i => (char)i);
        Check("Int32s", i => i - 500);
        Check("UInt32s", i => uint.MaxValue - (uint)i);
        Check("Int64s", i => (i - 500) * 10_000_000_000L);
        Check("UInt64s", i => ulong.MaxValue - (ulong)i);
        Check("Singles", i => (i - 500) / 8F);
        Check("Doubles", i => (i - 500) / 3D);
        Check("Decimals", i => i / 8M);
        Check("Strings", i => $"key {i}");
        Check("Guids", i => new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        Check("DateTimes", i => time.AddTicks(i));
        Check("DateTimeOffsets", i => new DateTimeOffset(time.AddTicks(i).Ticks, TimeSpan.FromMinutes(i % 60)));
        Check("TimeSpans", i => TimeSpan.FromTicks(i - 500));
        Check("Halves", i => (Half)i);
        Check("Int128s", i => (Int128)(i - 500) << 90);
        Check("UInt128s", i => UInt128.MaxValue - (UInt128)i);
        Check("BigIntegers", i => new BigInteger(i - 500) << 200);
        Check("Dates", i => new DateOnly(2024, 2, 29).AddDays(i));
        Check("Times", i => new TimeOnly(i));
        Check("Runes", i => new Rune(0x1F300 + i));
        Check("Indexes", i => new Index(i / 2, i % 2 == 0));
        Check("Ranges", i => new Range(i / 10, ^(i % 10)));
        Check("Complexes", i => new Complex(i, -i));
        Check("Uris", i => new Uri($"https://example.com/{i}"));
        Check("Versions", i => new Version(i / 10, i % 10));
        Check("Pairs", i => (i / 10, -(i % 10)));
        Check("Tuples", i => Tuple.Create("t", i * 10_000_000_000L));
        Check("KeyValuePairs", i => KeyValuePair.Create($"key {i}", i));
        Check("Places", i => new Place("here", i));
        Check("Crowds", i => new Crowded(i, i));
        Check<IDictionary<Level, int>, Level>("Levels", i => (Level)(i - 500), static d => d);
        Check<IReadOnlyDictionary<BigLevel, int>, BigLevel>("BigLevels", i => BigLevel.Low + (ulong)i, static d => d);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    public void KeysComparedByReference_StayDifferent(int count)
    {
        var blobs = Enumerable.Range(0, count).ToDictionary(i => new byte[] { 1 }, i => i);
        var tickets = Enumerable.Range(0, count).ToDictionary(i => new Ticket { Number = 1 }, i => i);

        Assert.Equal(count, RoundTrip("Blobs", blobs).Count);
        Assert.Equal(count, RoundTrip("Tickets", tickets).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void KeysWithEqualValuesOfDifferentBits_AreOne(int others)
    {
        double nan = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0001);
        float nan32 = BitConverter.Int32BitsToSingle(0x7FC0_0001);
        DateTimeOffset noon = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

        AssertLastCounts("Doubles", 0D, -0D, others, i => i);
        AssertLastCounts("Doubles", double.NaN, nan, others, i => i);
        AssertLastCounts("Singles", 0F, -0F, others, i => i);
        AssertLastCounts("Singles", float.NaN, nan32, others, i => i);
        AssertLastCounts("Decimals", 0.5M, 0.50M, others, i => i);
        AssertLastCounts("DateTimeOffsets", noon, noon.ToOffset(TimeSpan.FromHours(2)), others, i => noon.AddTicks(i));
    }

    [Fact]
    public void DateTimeOfAnotherKind_FindsItsTicks()
    {
        DateTime time = new(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc);
        var read = RoundTrip("DateTimes", Enumerable.Range(0, 1000).ToDictionary(i => time.AddTicks(i), i => i));

        Assert.Equal(7, read[DateTime.SpecifyKind(time.AddTicks(7), DateTimeKind.Unspecified)]);
    }

    [Fact]
    public void Null_IsAnElementOfASet()
    {
        HashSet<int?> sent = [null, .. Enumerable.Range(0, 1000)];

        HashSet<int?> read = RoundTrip("NullableSet", sent);

        Assert.Equal(sent.ToArray(), read.ToArray());
        Assert.Contains(null, read);
    }

    [Fact]
    public void SetsThatWereRead_WorkTogetherAndWithOthers()
    {
        HashSet<long> plain = [.. Enumerable.Range(0, 1000)];
        HashSet<long> one = RoundTrip("Set", plain);
        HashSet<long> other = RoundTrip("Set", plain);
        Assert.True(one.SetEquals(other));
        Assert.True(one.SetEquals(plain));
        Assert.True(plain.SetEquals(one));
        Assert.Equal(one.ToArray(), new HashSet<long>(one, one.Comparer).ToArray());

        ISet<Crowded> crowd = new HashSet<Crowded>(Enumerable.Range(0, 1000).Select(i => new Crowded(i, i)));
        ISet<Crowded> first = RoundTrip("CrowdedSet", crowd);
        ISet<Crowded> second = RoundTrip("CrowdedSet", crowd);
        Assert.Equal(((HashSet<Crowded>)first).Comparer, ((HashSet<Crowded>)second).Comparer);
        Assert.Equal(((HashSet<Crowded>)first).Comparer.GetHashCode(), ((HashSet<Crowded>)second).Comparer.GetHashCode());
        Assert.True(first.SetEquals(second));
    }

    private static void Check<TKey>(string method, Func<int, TKey> key, int most = 1000)
        where TKey : notnull => Check<Dictionary<TKey, int>, TKey>(method, key, static d => d, most);

    private static void Check<TDictionary, TKey>(
        string method, Func<int, TKey> key, Func<Dictionary<TKey, int>, TDictionary> convert, int most = 1000)
        where TDictionary : IEnumerable<KeyValuePair<TKey, int>>
        where TKey : notnull
    {
        foreach (int count in (int[])[2, most])
        {
            Dictionary<TKey, int> sent = Enumerable.Range(0, count).ToDictionary(key, i => i);

            var read = Assert.IsType<Dictionary<TKey, int>>(RoundTrip(method, convert(sent)));

            // In the order they were sent in, found by look-ups, and the same after a copy.
            Assert.Equal(sent.ToArray(), read.ToArray());
            for (int i = 0; i < count; i++) Assert.Equal(i, read[key(i)]);
            Assert.Equal(read.ToArray(), new Dictionary<TKey, int>(read, read.Comparer).ToArray());
            Assert.True(read.Remove(key(0)));
            Assert.False(read.ContainsKey(key(0)));
            Assert.True(read.TryAdd(key(0), 5));
        }
    }

    private static void AssertLastCounts<TKey>(string method, TKey first, TKey second, int others, Func<int, TKey> other)
        where TKey : notnull
    {
        // A comparer that tells apart what the type does not puts both onto the wire.
        Dictionary<TKey, int> sent = new(new ByReference<TKey>()) { [first] = 1, [second] = 2 };
        for (int i = 1; i <= others; i++) sent.Add(other(i), 0);

        Dictionary<TKey, int> read = RoundTrip(method, sent);

        Assert.Equal(1 + others, read.Count);
        Assert.Equal((2, 2), (read[first], read[second]));
    }

    private static T RoundTrip<T>(string method, T value) =>
        Wire.Read<IKeys, T>(method, Wire.Write<IKeys, T>(method, value));

    private sealed class ByReference<T> : IEqualityComparer<T>
    {
        public bool Equals(T? x, T? y) => false;

        public int GetHashCode(T obj) => 0;
    }
}
